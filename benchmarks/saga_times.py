"""Check-outs on the embedded engine, with a consumer and a worker as the demo starts them."""

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, percentile
from benchmarks.place import Bank

if TYPE_CHECKING:
    from cart.domain.purchases import ProductId, Purchase

_ONE_BY_ONE, _REFUSED, _CROWD = 60, 30, 400
_BUYERS = 8  # that check out at once
_ENDED_S_MAX = 120.0


def timed(bank: Bank) -> list[Figure]:
    with _shop(bank):
        _checked_out(1, "sandbox-approve")  # wakes everything up
        low = [_confirmed_ms(each) for each in _one_by_one(_ONE_BY_ONE, "sandbox-approve")]
        refused = [_taken_back_ms(each) for each in _one_by_one(_REFUSED, "sandbox-decline")]
        began = time.monotonic()
        crowd = _checked_out(_CROWD, "sandbox-approve")
        for each in crowd:
            _wait_until_free(each)
        per_s = _CROWD / (time.monotonic() - began)
    quiet = f"{_ONE_BY_ONE} check-outs one after the other, of one product each"
    return [
        Figure(
            name="checkouts_per_s",
            value=per_s,
            unit="1/s",
            how=f"{_CROWD} check-outs of {_BUYERS} buyers at once, until the last cart is free",
        ),
        Figure(name="confirm_p50_ms", value=percentile(low, 50), unit="ms", how=quiet),
        Figure(name="confirm_p99_ms", value=percentile(low, 99), unit="ms", how=quiet),
        Figure(
            name="compensation_start_ms",
            value=percentile(refused, 50),
            unit="ms",
            how="from the refusal of a payment to the release of its stock, median",
            aim="<= 100",
        ),
    ]


@contextmanager
def _shop(bank: Bank) -> Iterator[None]:
    consumer = bank.place.start(
        f"consumer-{bank.name}", "manage", "consume", "all", **bank.environment
    )
    worker = bank.start_worker(1)
    yield
    for child in (consumer, worker):
        bank.place.stop(child)


def _one_by_one(count: int, method: str) -> "Iterator[Purchase]":
    for _number in range(count):
        (purchase,) = _checked_out(1, method)
        _wait_until_free(purchase)
        yield purchase


def _checked_out(count: int, method: str) -> "list[Purchase]":
    """Begins so many check-outs, of a product each that nobody else wants."""
    from cart.domain.purchases import ProductId
    from cart.services import stock

    product_id = ProductId(f"cup-{secrets.token_hex(4)}")
    stock.open_product(product_id, 10 * count)
    with ThreadPoolExecutor(min(_BUYERS, count)) as pool:
        return list(pool.map(lambda _number: _begun(product_id, method), range(count)))


def _begun(product_id: "ProductId", method: str) -> "Purchase":
    from cart import queries
    from cart.domain.carts import AddLine
    from cart.domain.purchases import CustomerId, Line
    from cart.services import carts
    from kernel.money import Money

    customer_id = CustomerId(f"buyer-{secrets.token_hex(8)}")
    line = Line(product_id=product_id, name="Cup", quantity=1, unit_price=Money(250, "GBP"))
    carts.carry_out(customer_id, AddLine(line))
    key = secrets.token_hex(8)
    checkout_id = carts.check_out(customer_id, key, method, lambda _cart: True)
    return queries.order_for(customer_id, checkout_id).purchase


def _confirmed_ms(purchase: "Purchase") -> float:
    from cart.repository.orders import ORDER_REPOSITORY

    order = ORDER_REPOSITORY.find(purchase.checkout_id)
    assert order is not None
    return (order.at - purchase.begun_at).total_seconds() * 1000


def _taken_back_ms(purchase: "Purchase") -> float:
    from cart.repository.payments import PAYMENT_REPOSITORY
    from cart.repository.stock import STOCK_REPOSITORY

    payment = PAYMENT_REPOSITORY.find(purchase.checkout_id)
    reservation = STOCK_REPOSITORY.find(purchase.checkout_id)
    assert payment is not None
    assert reservation is not None
    return (reservation.at - payment.at).total_seconds() * 1000


def _wait_until_free(purchase: "Purchase") -> None:
    from cart.repository.carts import CART_REPOSITORY
    from kernel.clock import utc_now

    deadline = time.monotonic() + _ENDED_S_MAX
    while CART_REPOSITORY.find(purchase.customer_id, utc_now()).checkout is not None:
        assert time.monotonic() < deadline, "a check-out did not end"
        time.sleep(0.02)
