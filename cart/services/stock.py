"""Stock's part of a check-out. Its rollback is `release`."""

from collections.abc import Mapping

from aws.metrics import use_case
from cart.domain.purchases import ProductId, Purchase
from cart.domain.saga import Event, Outcome, OutOfOrder
from cart.domain.stock import (
    Reservation,
    ReservationStatus,
    Take,
    choose_shard,
    gathering,
    home_shard,
)
from cart.repository.stock import STOCK_REPOSITORY, Shards, ShardsTooLow
from kernel.clock import Clock
from kernel.errors import Unavailable

OUT_OF_STOCK = "out_of_stock"
# On how many keys a product's stock lies: a thousand sales a second on each, or rather 500, since
# a write in a transaction costs two units.
SHARDS = 8
_ATTEMPTS_MAX = 20


@use_case("stock.open")
def open_product(product_id: ProductId, units: int, *, shards: int = SHARDS) -> bool:
    """A product's first stock; whether it had none before. Repeated, it changes nothing."""
    return STOCK_REPOSITORY.open(product_id, units, shards)


@use_case("stock.reserve")
def reserve(event: Event, clock: Clock) -> Outcome:
    """Takes all lines of the purchase, or refuses.

    First from the check-out's home shards, unseen. Where one of them is too low, from where there
    is enough; and where no single shard has it, home gathers it from the others first. So the last
    unit sells wherever it lies, and a line always lies on one shard.
    """
    purchase = event.purchase
    shards = STOCK_REPOSITORY.shards_of(line.product_id for line in purchase.lines)
    takes = _home_takes(purchase, shards)
    for _attempt in range(_ATTEMPTS_MAX):
        reservation = Reservation(
            purchase=purchase,
            status=ReservationStatus.RESERVED if takes else ReservationStatus.REFUSED,
            at=clock(),
            takes=takes,
            reason="" if takes else OUT_OF_STOCK,
        )
        try:
            return _outcome(STOCK_REPOSITORY.reserve(reservation))
        except ShardsTooLow:
            takes = _takes_elsewhere(purchase, shards)
    raise Unavailable("others were faster too many times", retry_after_s=0)


@use_case("stock.release")
def release(event: Event, clock: Clock) -> Outcome:
    """Gives back what was taken; a reservation that has not come yet will be refused. Raises
    `OutOfOrder` for what is sold."""
    released, now = ReservationStatus.RELEASED, clock()
    never = Reservation(purchase=event.purchase, status=released, at=now, reason=event.reason)
    found = STOCK_REPOSITORY.find(event.purchase.checkout_id) or STOCK_REPOSITORY.add(never)
    while found.can_move(released):
        moved = found.moved(released, clock(), reason=event.reason)
        found = STOCK_REPOSITORY.give_back(found, moved)
    if found.status is ReservationStatus.SOLD:
        raise OutOfOrder
    return Outcome.DONE


@use_case("stock.sell")
def sell(event: Event, clock: Clock) -> Outcome:
    """What is reserved does not come back. Raises `OutOfOrder` where it is not reserved."""
    found = STOCK_REPOSITORY.find(event.purchase.checkout_id)
    while found is not None and found.can_move(ReservationStatus.SOLD):
        found = STOCK_REPOSITORY.replace(found, found.moved(ReservationStatus.SOLD, clock()))
    if found is None or found.status is not ReservationStatus.SOLD:
        raise OutOfOrder
    return Outcome.DONE


def _outcome(standing: Reservation) -> Outcome:
    taken = {ReservationStatus.RESERVED, ReservationStatus.SOLD}
    return Outcome.DONE if standing.status in taken else Outcome.REFUSED


def _home_takes(purchase: Purchase, shards: Shards) -> tuple[Take, ...]:
    """One take for each line; none at all where a product has no stock."""
    if any(line.product_id not in shards for line in purchase.lines):
        return ()
    return tuple(
        Take(line.product_id, _home(purchase, shards, line.product_id), line.quantity)
        for line in purchase.lines
    )


def _takes_elsewhere(purchase: Purchase, shards: Shards) -> tuple[Take, ...]:
    """The same by what the shards hold; none at all where a line cannot be had."""
    available: Mapping[ProductId, list[int]] = STOCK_REPOSITORY.available(shards)
    takes = []
    for line in purchase.lines:
        home = _home(purchase, shards, line.product_id)
        shard = choose_shard(available[line.product_id], line.quantity, home)
        if shard is None:
            moves = gathering(available[line.product_id], line.quantity, home)
            if moves is None:
                return ()
            _gather(line.product_id, home, moves)
            shard = home
        takes.append(Take(line.product_id, shard, line.quantity))
    return tuple(takes)


def _gather(product_id: ProductId, home: int, moves: Mapping[int, int]) -> None:
    try:
        STOCK_REPOSITORY.gather(product_id, home, moves)
    except ShardsTooLow:
        return  # somebody took of it: the reservation will find out, and look again


def _home(purchase: Purchase, shards: Shards, product_id: ProductId) -> int:
    return home_shard(purchase.checkout_id, shards[product_id])
