"""What the archived file says, account by account, in bounded memory."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from txhub.batch import conf
from txhub.batch.counts import Counts
from txhub.batch.models import JobInstance
from txhub.batch.reading import open_landed
from txhub.batch.reconcile.sources import Row
from txhub.batch.rejects import Rejects
from txhub.batch.rows import NamedRow, Names, entry_of
from txhub.batch.spool import Sorter, Spool
from txhub.batch.validate import named_rows, sort_rows
from txhub.domain.digests import facts_of_entry
from txhub.domain.entities import AccountId
from txhub.domain.entries import Action, Entry, Status

# Rows of one account by transaction id, those of one id in the order of storing.
Rows = dict[str, list[Row]]


class Archive:
    """A job's file, parsed anew. `rows`: how many it has, once it is read."""

    def __init__(self, instance: JobInstance, spool: Spool) -> None:
        self._instance, self._spool = instance, spool
        self.rows = 0

    def accounts(self) -> Iterator[tuple[AccountId, Iterable[NamedRow]]]:
        """Each account with its rows, in the order in which the file step cuts them into chunks.

        Raises what opening and parsing the archived file raises.
        """
        feed = open_landed(self._instance)
        names = Names.of(self._instance, feed.header)
        sorter, rejects = Sorter(self._spool, conf.SORT_ROWS), Rejects(self._instance, self._spool)
        self.rows = sort_rows(feed, names, sorter, rejects, Counts(), lambda _rows: None)
        return groupby(named_rows(sorter.sorted(), names), lambda named: named[1][0])


def add_row(rows: Rows, named: NamedRow, entry: Entry) -> None:
    name, filed = named
    row = Row(
        line=entry.line,
        day=entry.booked_day,
        facts=facts_of_entry(entry, filed[6]),
        amends=entry.action is Action.AMEND,
        is_pending=entry.status is Status.PENDING,
    )
    rows.setdefault(name, []).append(row)


def entry_in(named: NamedRow) -> Entry:
    return entry_of(named[1][-1])
