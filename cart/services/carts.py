"""The cart itself, and its part of a check-out. Its rollback is `roll_back`."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from aws.dynamodb import Change, transact
from aws.idempotency import ClaimLost, Done, Operation, claim, finishing, release
from aws.metrics import use_case
from cart.domain.carts import Cart, Checkout, Command
from cart.domain.purchases import CheckoutId, CustomerId, Line
from cart.domain.saga import Event, Outcome
from cart.repository.carts import CART_REPOSITORY
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Unavailable
from kernel.ids import random_id

# Whoever loses loses to somebody who has won: so many of them at one cart are no customer.
_ATTEMPTS_MAX = 60
# Whether a cart is the one that the caller has seen.
Seen = Callable[[Cart], bool]


class StaleCart(Conflict):
    """The cart has changed since it was read; look at it again, then decide again."""

    code = "cart_changed"
    http_status: ClassVar[int] = 412


@use_case("cart.put")
def put_line(customer_id: CustomerId, line: Line, seen: Seen, *, clock: Clock = utc_now) -> Cart:
    """The cart with so many of a product, none for a quantity of 0, if it is as `seen`.

    Raises `StaleCart` with the cart as it stands, `CheckoutInProgress` or `CartFull`.
    """
    read = _read_as(seen, customer_id, clock)
    changed = read.with_line(line, clock())
    try:
        CART_REPOSITORY.change_lines(read, changed)
    except Conflict as lost:
        raise _stale(customer_id, clock) from lost
    return changed


@use_case("cart.command")
def carry_out(customer_id: CustomerId, command: Command, *, clock: Clock = utc_now) -> Cart:
    """The cart after a command of a page, on top of whatever others have done to it meanwhile.

    Raises `QuantityConflict` where that is the very thing that the command changes,
    `CheckoutInProgress` or `CartFull`.
    """
    for _attempt in range(_ATTEMPTS_MAX):
        read = CART_REPOSITORY.find(customer_id, clock())
        changed = command.applied(read, clock())
        try:
            CART_REPOSITORY.change_lines(read, changed)
        except Conflict:
            continue
        return changed
    raise Unavailable("others changed the same cart too many times")


@use_case("cart.check_out")
def check_out(
    customer_id: CustomerId, key: str, method: str, seen: Seen, *, clock: Clock = utc_now
) -> CheckoutId:
    """Begins the check-out of the cart, if it is as `seen`; the same one for the same `key`.

    Raises `StaleCart`, `CheckoutInProgress`, `EmptyCart`, and what `aws.idempotency.claim` raises.
    """
    operation = Operation(
        scope="cart.check_out",
        owner=customer_id,
        key=key,
        payload=method.encode(),
        subject=None,
    )
    claimed = claim(operation, clock=clock)
    if isinstance(claimed, Done):
        return CheckoutId(claimed.result.decode())
    checkout_id = CheckoutId(random_id("chk"))
    try:
        read = _read_as(seen, customer_id, clock)
        checkout = Checkout(checkout_id=checkout_id, method=method, begun_at=clock())
        answer = finishing(claimed, checkout_id.encode(), clock=clock)
        begin(read, checkout, together=[answer], clock=clock)
    except BaseException:
        release(claimed)
        raise
    return checkout_id


def begin(
    read: Cart, checkout: Checkout, *, together: Sequence[Change] = (), clock: Clock = utc_now
) -> None:
    """The saga's first step, all or nothing with what else is to be written.

    Raises `StaleCart`, `CheckoutInProgress` or `EmptyCart`, and `ClaimLost` where `together` fails.
    """
    begun = CART_REPOSITORY.begin(read, read.checking_out(checkout))
    try:
        transact([begun, *together])
    except Conflict as lost:
        if lost.stored[0] is False:
            raise ClaimLost from lost
        raise _stale(read.customer_id, clock) from lost


@use_case("cart.commit")
def commit(event: Event, clock: Clock) -> Outcome:
    """Bought: empties the cart and sets it free."""
    return _ended(event, lambda cart: CART_REPOSITORY.commit(cart, cart.committed(clock())), clock)


@use_case("cart.roll_back")
def roll_back(event: Event, clock: Clock) -> Outcome:
    """Not bought: sets the cart free as it was."""
    return _ended(
        event, lambda cart: CART_REPOSITORY.roll_back(cart, cart.rolled_back(clock())), clock
    )


def _ended(event: Event, write: Callable[[Cart], None], clock: Clock) -> Outcome:
    purchase = event.purchase
    for _attempt in range(_ATTEMPTS_MAX):
        cart = CART_REPOSITORY.find(purchase.customer_id, clock())
        if cart.checkout is None or cart.checkout.checkout_id != purchase.checkout_id:
            return Outcome.DONE  # ended before
        try:
            write(cart)
        except Conflict:
            continue
    raise Unavailable("others changed the same cart too many times")


def _read_as(seen: Seen, customer_id: CustomerId, clock: Clock) -> Cart:
    read = CART_REPOSITORY.find(customer_id, clock())
    if not seen(read):
        raise StaleCart(stored=read)
    return read


def _stale(customer_id: CustomerId, clock: Clock) -> StaleCart:
    return StaleCart(stored=CART_REPOSITORY.find(customer_id, clock()))
