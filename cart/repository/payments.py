"""The `payments` table."""

from collections.abc import Iterator
from datetime import datetime

from aws.dynamodb import Item
from cart.domain.payments import Payment, PaymentStatus
from cart.domain.purchases import CheckoutId
from cart.repository.open_lists import listed, until
from cart.repository.records import (
    CheckoutRecords,
    from_ms,
    record_from_item,
    record_to_item,
    to_ms,
)
from cart.resources import PAYMENTS

_IN_DOUBT, _SINCE = "in_doubt", "d"


class PaymentRepository(CheckoutRecords[Payment]):
    """Payments, by their check-out. `v` valid until; `o` and `d`: in doubt, and since when."""

    table = PAYMENTS

    def in_doubt(self, since: datetime) -> Iterator[CheckoutId]:
        """Those whose outcome has not been known since then or longer."""
        for item in until(self, _IN_DOUBT, _SINCE, since):
            yield CheckoutId(item["pk"])

    def to_item(self, record: Payment) -> Item:
        item = {**record_to_item(record), "v": to_ms(record.valid_until)}
        if record.is_in_doubt:
            item |= listed(record.purchase.checkout_id, record.at, _SINCE)
        return item

    def from_item(self, item: Item) -> Payment:
        return Payment(
            valid_until=from_ms(item["v"]),
            **record_from_item(item, PaymentStatus),
        )


PAYMENT_REPOSITORY = PaymentRepository()
