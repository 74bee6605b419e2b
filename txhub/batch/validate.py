"""The first pass of the file step: every row is parsed and sorted before anything is stored.

Rows come out account by account, the rows of an account day by day, those of a day in the file's
order. An AMEND comes after everything else of its account, since what it amends may be booked on a
later day of the same file.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson

from txhub.batch.counts import Counts
from txhub.batch.rejects import Rejected, Rejects
from txhub.batch.rows import IDENTITY, REVERSAL_OF, Names, fields_of
from txhub.batch.spool import Record, Sorter
from txhub.domain.entities import AccountId, TransactionId
from txhub.domain.entries import Action, Entry
from txhub.feeds.rows import Bad, Feed, Parsed

# A row with its names: transaction id, account id, id of what it reverses, an entry's fields.
Named = tuple[TransactionId, AccountId, TransactionId | None, list[Any]]
_ALIVE_EVERY = 500
_AFTER_ALL_DAYS = "~"


def sort_rows(
    feed: Feed,
    names: Names,
    sorter: Sorter,
    rejects: Rejects,
    counts: Counts,
    alive: Callable[[int], None],
) -> int:
    """Reads the whole file into `sorter`; how many detail rows it has.

    Raises what is wrong with the file as a whole. `alive` hears now and then how many there were.
    """
    rows = 0
    add, account_of, dumps = sorter.add, names.account, orjson.dumps
    for rows, row in enumerate(feed.rows, start=1):
        if rows % _ALIVE_EVERY == 0:
            alive(rows)
        if isinstance(row, Parsed):
            entry = row.entry
            key = (account_of(entry.account), _filed_under(entry), entry.line)
            add(key, dumps((*key, fields_of(entry))))
        elif isinstance(row, Bad):
            rejects.add(_rejected(row))
        else:
            counts.skipped += 1
    return rows


def named_rows(records: Iterator[Record], names: Names) -> Iterator[Named]:
    """Gives the sorted rows their ids. Equal rows of one account-day are told apart by ordinals."""
    for (account_id, _day), rows in groupby(records, itemgetter(0, 1)):
        seen: Counter[tuple[str, ...]] = Counter()
        for _account, _day, _line, row in rows:
            identity = tuple(row[IDENTITY])
            name = names.transaction(account_id, row, seen[identity])
            seen[identity] += 1
            yield name, account_id, _reversed(names, account_id, row), row


def _filed_under(entry: Entry) -> str:
    if entry.action is Action.AMEND:
        return _AFTER_ALL_DAYS
    return entry.booked_day.isoformat()


def _reversed(names: Names, account_id: AccountId, row: list[Any]) -> TransactionId | None:
    reversal_of = row[REVERSAL_OF]
    return None if reversal_of is None else names.of_source(account_id, reversal_of)


def _rejected(bad: Bad) -> Rejected:
    return Rejected(line=bad.line, code=bad.code, reason=bad.reason, content=bad.raw, is_raw=True)
