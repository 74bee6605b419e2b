"""The first pass of the file step: every row is parsed and sorted before anything is stored.

Rows come out account by account, the rows of an account day by day, those of a day in the file's
order.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from txhub.batch.counts import Counts
from txhub.batch.rejects import Rejected, Rejects
from txhub.batch.rows import FiledRow, NamedRow, Names, filed_row
from txhub.batch.spool import Record, Sorter
from txhub.feeds.rows import Bad, Feed, Parsed

_ALIVE_EVERY = 500


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
    for rows, row in enumerate(feed.rows, start=1):
        if rows % _ALIVE_EVERY == 0:
            alive(rows)
        if isinstance(row, Parsed):
            sorter.add(filed_row(row.entry, names))
        elif isinstance(row, Bad):
            rejects.add(_rejected(row))
        else:
            counts.skipped += 1
    return rows


def named_rows(records: Iterable[Record], names: Names) -> Iterator[NamedRow]:
    """Gives ids to the sorted rows that have none. Equal rows of one account-day are told apart by
    ordinals."""
    for _account_day, rows in groupby(records, itemgetter(0, 1)):
        seen: Counter[tuple[str, ...]] = Counter()
        for row in rows:
            yield _named(row, names, seen)


def _named(row: FiledRow, names: Names, seen: Counter[tuple[str, ...]]) -> NamedRow:
    account, day, _, _, name, identity, _, _, _, _ = row
    if name is None:
        name = names.of_identity(account, day, identity, seen[identity])
        seen[identity] += 1
    return name, row


def _rejected(bad: Bad) -> Rejected:
    return Rejected(line=bad.line, code=bad.code, reason=bad.reason, content=bad.raw, is_raw=True)
