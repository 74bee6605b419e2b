"""Check-outs on the embedded engine, with the processes that the demo starts, in both variants."""

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
_ENDED_S_MAX, CAUGHT_UP_S_MAX = 120.0, 600.0


def timed(bank: Bank, *, orchestrated: bool) -> list[Figure]:
    with running_shop(bank, orchestrated=orchestrated):
        # Wakes everything up, and waits behind what the other variant has left on the streams.
        wait_until_free(*checked_out(1, "sandbox-approve"), seconds_max=CAUGHT_UP_S_MAX)
        low = [_confirmed_ms(each) for each in _one_by_one(_ONE_BY_ONE, "sandbox-approve")]
        refused = [_taken_back_ms(each) for each in _one_by_one(_REFUSED, "sandbox-decline")]
        began = time.monotonic()
        crowd = checked_out(_CROWD, "sandbox-approve")
        for each in crowd:
            wait_until_free(each)
        per_s = _CROWD / (time.monotonic() - began)
    return _figures(per_s, low, refused, "_orchestrated" if orchestrated else "")


def _figures(per_s: float, low: list[float], refused: list[float], suffix: str) -> list[Figure]:
    quiet = f"{_ONE_BY_ONE} check-outs one after the other, of one product each"
    # The embedded engine looks for tasks twice a second, Step Functions hands them out at once.
    aim = None if suffix else "<= 100"
    return [
        Figure(
            name=f"checkouts_per_s{suffix}",
            value=per_s,
            unit="1/s",
            how=f"{_CROWD} check-outs of {_BUYERS} buyers at once, until the last cart is free",
        ),
        Figure(name=f"confirm_p50_ms{suffix}", value=percentile(low, 50), unit="ms", how=quiet),
        Figure(name=f"confirm_p99_ms{suffix}", value=percentile(low, 99), unit="ms", how=quiet),
        Figure(
            name=f"compensation_start_ms{suffix}",
            value=percentile(refused, 50),
            unit="ms",
            how="from the refusal of a payment to the release of its stock, median",
            aim=aim,
        ),
    ]


@contextmanager
def running_shop(bank: Bank, *, orchestrated: bool) -> Iterator[None]:
    saga = "orchestrated" if orchestrated else "choreographed"
    environment = {**bank.environment, "CART_SAGA": saga}
    commands = [("consume", "all"), *([("saga_worker",)] if orchestrated else [])]
    children = [
        bank.place.start(f"{command[0]}-{bank.name}-{saga}", "manage", *command, **environment)
        for command in commands
    ]
    children.append(bank.start_worker(1, CART_SAGA=saga))
    yield
    for child in children:
        bank.place.stop(child)


def _one_by_one(count: int, method: str) -> "Iterator[Purchase]":
    for _number in range(count):
        (purchase,) = checked_out(1, method)
        wait_until_free(purchase)
        yield purchase


def checked_out(count: int, method: str) -> "list[Purchase]":
    """Begins so many check-outs, of a product that nobody else wants."""
    from cart.domain.purchases import ProductId
    from cart.services import stock

    product_id = ProductId(f"cup-{secrets.token_hex(4)}")
    stock.open_product(product_id, 10 * count)
    with ThreadPoolExecutor(min(_BUYERS, count)) as pool:
        return list(pool.map(lambda _number: begun(product_id, method), range(count)))


def begun(product_id: "ProductId", method: str) -> "Purchase":
    """A new customer's check-out of one."""
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


def wait_until_free(purchase: "Purchase", *, seconds_max: float = _ENDED_S_MAX) -> None:
    from cart.repository.carts import CART_REPOSITORY
    from kernel.clock import utc_now

    deadline = time.monotonic() + seconds_max
    while CART_REPOSITORY.find(purchase.customer_id, utc_now()).checkout is not None:
        assert time.monotonic() < deadline, "a check-out did not end"
        time.sleep(0.02)
