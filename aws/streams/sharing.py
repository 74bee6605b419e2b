"""Who reads which shard: every process decides for itself, from what all of them can see."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping


def share(shards: int, held_by_others: Collection[int]) -> int:
    """How many of a handler's shards this process may hold.

    `held_by_others`: how many each other living process that runs the handler holds. With 5 shards
    three processes hold 2, 2 and 1; who holds 2 gives one back only while somebody has none.
    """
    least, surplus = divmod(shards, len(held_by_others) + 1)
    somebody_is_short = any(held < least for held in held_by_others)
    return least + (1 if surplus and not somebody_is_short else 0)


def held_counts(holders: Mapping[str, str], members: Iterable[str], me: str) -> dict[str, int]:
    """How many shards each other process holds; `holders` has the owner of each held shard."""
    held = Counter(holders.values())
    others = {*members, *held} - {me}
    return {each: held[each] for each in others}


def in_order(shards: Iterable[str], mine: Collection[str] = ()) -> list[str]:
    """The order in which shards are taken: those first that are read here for another handler."""
    return sorted(shards, key=lambda shard: (shard not in mine, shard))
