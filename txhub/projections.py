"""The query side: what is kept up from the stream of transactions, and can be built anew.

A change says only which part of an account is to be looked at again, so changes may come again,
late and in any order, and a rebuild may run while the stream goes on.
"""

from collections.abc import Iterable, Iterator, Sequence

from aws.streams import Change
from aws.streams.sweep import TableSweep
from kernel.clock import utc_now
from txhub.domain.summaries import Part, part_of
from txhub.repository import ACCOUNT_REPOSITORY
from txhub.repository.transactions import origin_of
from txhub.resources import ACCOUNTS
from txhub.services.summaries import rebuild_account, summarise

_ACCOUNT_PREFIX = "acc_"


def keep_summaries(changes: Sequence[Change]) -> int:
    """Sums up what the changes touch: each part once, however many of its entries changed."""
    return summarise({_part(change) for change in changes if _says_something(change)})


def origins_of(changes: Iterable[Change]) -> list[str]:
    """The chunks and messages that made them, for logs: so a file can be followed further."""
    return sorted({origin_of(change.new) for change in changes if change.new})


def rebuild_summaries() -> Iterator[int]:
    """All summaries anew; after every page of accounts, how many were written."""
    for changes in TableSweep(ACCOUNTS, clock=utc_now).pages():
        yield sum(map(rebuild_account, ACCOUNT_REPOSITORY.find_many(_accounts(changes)).values()))


def _part(change: Change) -> Part:
    account_id, _, volume = change.key["pk"].partition("#")
    return part_of(account_id, volume, change.key["sk"].partition("#")[0])


def _says_something(change: Change) -> bool:
    """Not so where only links, versions or sequences changed."""
    old, new = change.old or {}, change.new or {}
    return (old.get("z"), old.get("s")) != (new.get("z"), new.get("s"))


def _accounts(changes: Iterable[Change]) -> list[str]:
    """The account items among those of the table."""
    keys = (change.key for change in changes)
    return [key["pk"] for key in keys if key["pk"].startswith(_ACCOUNT_PREFIX) and key["sk"] == "A"]
