"""What operators see of check-outs, and can do about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aws.metrics import use_case
from cart import checkouts, choreography
from cart.conf import Variant, conf
from cart.domain.purchases import CheckoutId, Purchase
from cart.domain.records import CheckoutRecord
from cart.domain.saga import Event, Service
from cart.orchestration import executions
from cart.queries import OrderMissing
from cart.repository.carts import CART_REPOSITORY, CHECKING_OUT
from cart.repository.orders import ORDER_REPOSITORY
from cart.repository.payments import PAYMENT_REPOSITORY
from cart.repository.stock import STOCK_REPOSITORY
from cart.repository.views import VIEW_REPOSITORY
from cart.services import carts
from kernel.clock import Clock, utc_now
from kernel.lookups import Card, Fact, Lookup

BY_HAND = "taken_back_by_hand"
SHOWN_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCheckout:
    """A check-out that has not ended. `is_stuck`: not even the sweeps have brought it on."""

    purchase: Purchase
    age: timedelta
    is_stuck: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a check-out's time line: what happened to whom. `is_failure`: an attempt failed,
    and `what` names the action and its error."""

    at: datetime
    who: str
    what: str
    is_failure: bool = False


@use_case("checkouts.open")
def open_checkouts(*, clock: Clock = utc_now) -> list[OpenCheckout]:
    """The oldest first, so stuck ones stand on top."""
    now = clock()
    found = sorted(
        checkouts.unended(for_at_least=timedelta(0), clock=clock),
        key=lambda purchase: purchase.begun_at,
    )
    return [_open(purchase, now) for purchase in found[:SHOWN_MAX]]


@use_case("checkouts.one")
def checkout(checkout_id: str, *, clock: Clock = utc_now) -> Purchase:
    """What a check-out is about, whether it has ended or not. Raises `OrderMissing`."""
    order = ORDER_REPOSITORY.find(CheckoutId(checkout_id))
    if order is not None:
        return order.purchase
    for purchase in checkouts.unended(for_at_least=timedelta(0), clock=clock):
        if purchase.checkout_id == checkout_id:
            return purchase
    raise OrderMissing


@use_case("checkouts.time_line")
def time_line(purchase: Purchase) -> list[Entry]:
    """All that is known to have happened, oldest first."""
    checkout_id = purchase.checkout_id
    entries = [Entry(at=purchase.begun_at, who=Service.CARTS, what=CHECKING_OUT)]
    for service, repository in (
        (Service.ORDERS, ORDER_REPOSITORY),
        (Service.STOCK, STOCK_REPOSITORY),
        (Service.PAYMENTS, PAYMENT_REPOSITORY),
    ):
        entries += _entries(service, repository.find(checkout_id))
    entries += [
        Entry(at=failed.at, who=failed.action, what=failed.code, is_failure=True)
        for failed in VIEW_REPOSITORY.failures(checkout_id)
    ]
    return sorted(entries, key=lambda entry: entry.at)


def is_open(purchase: Purchase, *, clock: Clock = utc_now) -> bool:
    """Whether its cart is still being checked out by it."""
    cart = CART_REPOSITORY.find(purchase.customer_id, clock())
    return cart.checkout is not None and cart.checkout.checkout_id == purchase.checkout_id


def carry_on(purchase: Purchase) -> None:
    """Brings a check-out on whose news got lost, or whose execution did; what raises, raises."""
    if conf().saga == Variant.ORCHESTRATED:
        executions.keep_going(purchase)
    else:
        choreography.redrive(purchase)


def retry(purchase: Purchase) -> None:
    """The same at once, because somebody asked for it. Raises what the actions raise."""
    if conf().saga == Variant.ORCHESTRATED:
        executions.retry(purchase)
    else:
        choreography.redrive(purchase)


def take_back(purchase: Purchase) -> None:
    """Takes all of it back. Raises `OutOfOrder` where the money is, or may be, taken already."""
    choreography.take_back(purchase, BY_HAND)


def close(checkout_id: str, *, clock: Clock = utc_now) -> None:
    """Ends a check-out that nothing else can end: sets its cart free as it was, and touches nothing
    else. A second person has allowed it (cart/approvals.py)."""
    purchase = checkout(checkout_id, clock=clock)
    event = Event(service=Service.CARTS, status=CHECKING_OUT, purchase=purchase, reason=BY_HAND)
    carts.roll_back(event, clock)


def _open(purchase: Purchase, now: datetime) -> OpenCheckout:
    age = now - purchase.begun_at
    swept_twice = 2 * conf().checkout_swept_after
    return OpenCheckout(purchase=purchase, age=age, is_stuck=age > swept_twice)


def _entries(service: Service, record: CheckoutRecord[Any] | None) -> list[Entry]:
    if record is None:
        return []
    reason = f" ({record.reason})" if record.reason else ""
    *before, (last, since) = record.moments
    return [
        *(Entry(at=at, who=service, what=status) for status, at in before),
        Entry(at=since, who=service, what=f"{last}{reason}"),
    ]


def _order(wanted: str) -> Card:
    """A check-out and its order have one id."""
    purchase = checkout(wanted)
    order = ORDER_REPOSITORY.find(purchase.checkout_id)
    status = order.status.value if order else "not written down yet"
    lines = (
        Fact(line.name, f"{line.quantity} x {line.unit_price.decimal_text()}")
        for line in purchase.lines
    )
    return Card(
        title="Order",
        subject=f"customer:{purchase.customer_id}",
        page=f"/admin/checkouts/{purchase.checkout_id}/",
        facts=(
            Fact("Id", purchase.checkout_id),
            Fact("Customer", purchase.customer_id, look_up=purchase.customer_id),
            Fact("Status", status),
            Fact("Begun", purchase.begun_at.isoformat(timespec="seconds")),
            Fact("Total", f"{purchase.total.decimal_text()} {purchase.total.currency}"),
            *lines,
        ),
    )


LOOKUPS = (Lookup(key="order", title="Order", find=_order, prefixes=("chk_",), example="chk_…"),)
