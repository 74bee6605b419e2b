"""Taking away pending entries that a full memo file no longer names."""

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from datetime import timedelta

from aws.metrics import use_case
from kernel.errors import Conflict, Unavailable
from txhub.domain.editions import Edition, day_of
from txhub.repository import (
    PENDING_DIRECTORY,
    TOGETHER_MAX,
    Listed,
    PendingEntry,
    pending_entries,
)

_ATTEMPTS_MAX = 5
# An account stays listed for so long after its last entry was added: whoever lists it writes the
# entry moments later, and must not find it unlisted then.
_LISTED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What became of one account's entries. `removed` counts those of earlier takers as well."""

    removed: int
    kept: int


def accounts_with_pending(feed: str) -> Iterator[Listed]:
    """The accounts that hold, or lately held, pending entries of the feed, by id."""
    return PENDING_DIRECTORY.accounts(feed)


@use_case("pending.prune")
def prune_account(
    listed: Listed,
    named: Set[str],
    *,
    edition: Edition,
    prune: str,
    before_write: Callable[[], None] = lambda: None,
) -> Pruned:
    """Takes away the feed's entries in one account that are no younger than `edition` and not
    `named`. May be repeated: what `prune` took away before is counted again, once.

    Raises `Unavailable` when others keep changing the same entries, and what `before_write` raises.
    """
    for _attempt in range(_ATTEMPTS_MAX):
        entries = [each for each in pending_entries(listed.account_id) if each.feed == listed.feed]
        surplus = [each for each in entries if _goes(each, edition, named)]
        try:
            listed = _take_away(listed, surplus, prune, before_write)
        except Conflict:
            listed = PENDING_DIRECTORY.find(listed.feed, listed.account_id) or listed
            continue
        counted = listed.pruned_by == prune
        if not entries and not counted and _is_long_ago(listed.edition, edition):
            PENDING_DIRECTORY.forget(listed)
        removed = listed.pruned if counted else 0
        return Pruned(removed=removed, kept=len(entries) - len(surplus))
    raise Unavailable("others keep changing the same pending entries", retry_after_s=1)


def _take_away(
    listed: Listed, surplus: list[PendingEntry], prune: str, before_write: Callable[[], None]
) -> Listed:
    for start in range(0, len(surplus), TOGETHER_MAX):
        before_write()
        group = surplus[start : start + TOGETHER_MAX]
        listed = PENDING_DIRECTORY.take_away(listed, group, prune)
    return listed


def _goes(entry: PendingEntry, edition: Edition, named: Set[str]) -> bool:
    no_younger = entry.edition is not None and entry.edition <= edition
    return no_younger and entry.transaction_id not in named


def _is_long_ago(listed: Edition, now: Edition) -> bool:
    return day_of(listed) < day_of(now) - _LISTED_FOR
