"""Stock: what is available of a product lies on shards; what is taken from them is a reservation.

A hot product sells faster than one key can be written (1,000 units a second), so its stock lies on
several keys. Each check-out has a home shard and looks at the others only where that is too low.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from cart.domain.purchases import CheckoutId, ProductId
from cart.domain.records import CheckoutRecord


class ReservationStatus(StrEnum):
    """Where a reservation stands. docs/states/reservation.md draws the moves."""

    RESERVED = "reserved"  # taken from the shards for this check-out
    REFUSED = "refused"  # there was too little; nothing was taken
    RELEASED = "released"  # given back to the shards that it was taken from
    SOLD = "sold"  # paid for: it does not come back


@dataclass(frozen=True, slots=True)
class Take:
    """So many of a product, from one of its shards."""

    product_id: ProductId
    shard: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation(CheckoutRecord[ReservationStatus]):
    """`takes`: from where it was taken, one shard for each line; none where it was refused."""

    NEXT = {
        ReservationStatus.RESERVED: frozenset({ReservationStatus.RELEASED, ReservationStatus.SOLD}),
        ReservationStatus.REFUSED: frozenset(),
        ReservationStatus.RELEASED: frozenset(),
        ReservationStatus.SOLD: frozenset(),
    }

    takes: tuple[Take, ...] = ()


def home_shard(checkout_id: CheckoutId, shards: int) -> int:
    """Where a check-out looks first: always the same, and spread evenly over check-outs."""
    digest = blake2b(checkout_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % shards


def choose_shard(available: Sequence[int], quantity: int, home: int) -> int | None:
    """A shard that holds `quantity`: home, else the fullest; None where none does."""
    if available[home] >= quantity:
        return home
    fullest = max(range(len(available)), key=available.__getitem__)
    return fullest if available[fullest] >= quantity else None


def gathering(available: Sequence[int], quantity: int, home: int) -> Mapping[int, int] | None:
    """How much to move from which other shards, the fullest first, so that home holds `quantity`;
    None where all together hold less."""
    moves: dict[int, int] = {}
    missing = quantity - available[home]
    others = (shard for shard in range(len(available)) if shard != home)
    for shard in sorted(others, key=available.__getitem__, reverse=True):
        units = min(available[shard], missing)
        if units > 0:
            moves[shard] = units
            missing -= units
    return None if missing > 0 else moves


def spread(units: int, shards: int) -> list[int]:
    """`units` on so many shards, as evenly as it goes."""
    each, more = divmod(units, shards)
    return [each + (shard < more) for shard in range(shards)]
