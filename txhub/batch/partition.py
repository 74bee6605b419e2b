"""The file step: validates a whole file, then cuts it into sealed chunks of whole accounts.

Nothing of the file is visible before this step has ended: its last act is one transaction that
makes the chunks known, conditional on the lease.
"""

from collections.abc import Collection, Iterator
from itertools import chain, islice

from django.db import transaction

from txhub.batch import conf
from txhub.batch.counts import Counts, add_amount
from txhub.batch.cutting import Cut, make_known, new_cut, write_cut
from txhub.batch.editions import edition_of, replaces_pending
from txhub.batch.leases import Lease
from txhub.batch.models import FileExecution, JobInstance, PruneExecution
from txhub.batch.reading import open_landed
from txhub.batch.rejects import Rejected, Rejects
from txhub.batch.rows import FiledRow, NamedRow, Names, chunk_line
from txhub.batch.spool import Sorter, Spool
from txhub.batch.validate import named_rows, sort_rows
from txhub.feeds.profile import Profile
from txhub.feeds.profiles import profile_named
from txhub.feeds.rows import FeedHeader
from txhub.services import NewAccount, known_accounts, open_accounts

# Rows whose accounts are looked up together.
_LOOK_AHEAD = 4_000


class FileStep:
    """One file's way from the landing bucket to its chunks."""

    def __init__(self, lease: Lease[FileExecution]) -> None:
        self._lease = lease
        self._bytes = 0
        self._rows = 0
        self.instance: JobInstance = lease.step.instance
        self.profile: Profile = profile_named(self.instance.profile)
        self.counts = Counts()

    def run(self) -> None:
        """Raises whatever is wrong with the file, `LeaseLost`, or `StopRequested`."""
        with Spool(conf.spool_dir()) as spool:
            rejects = Rejects(self.instance, spool)
            sorter = Sorter(spool, conf.SORT_ROWS, self._alive)
            feed = open_landed(self.instance, seen=self._saw)
            names = Names.of(self.instance, feed.header)
            self._rows = sort_rows(feed, names, sorter, rejects, self.counts, self._got_to)
            rejects.check(self.profile.skip_limit, self._rows)
            named = named_rows(sorter.sorted(), names)
            cuts = list(self._chunks(self._of_known_accounts(named, rejects)))
            rejects.check(self.profile.skip_limit, self._rows)
            self._finish(cuts, rejects, feed.header)

    def _saw(self, size: int) -> None:
        self._bytes += size
        self._alive()

    def _got_to(self, row: int) -> None:
        self._rows = row
        self._alive()

    def _alive(self) -> None:
        self._lease.keep(self._rows, bytes_done=self._bytes)

    def _of_known_accounts(self, named: Iterator[NamedRow], rejects: Rejects) -> Iterator[NamedRow]:
        """Opens the accounts where the job may; rejects the rows of unknown ones otherwise."""
        while several := list(islice(named, _LOOK_AHEAD)):
            self._alive()
            firsts = {row[0]: row for _name, row in reversed(several)}
            unknown = firsts.keys() - known_accounts(firsts).keys()
            if unknown and self.instance.create_accounts:
                open_accounts([self._new_account(firsts[each]) for each in sorted(unknown)])
                unknown = set()
            yield from _without(several, unknown, rejects)

    def _new_account(self, row: FiledRow) -> NewAccount:
        account, _, _, number, *_, currency, _ = row
        rule = self.profile.account
        return NewAccount(
            account_id=account, number=number, name=rule.name, type=rule.type, currency=currency
        )

    def _chunks(self, rows: Iterator[NamedRow]) -> Iterator[Cut]:
        """Writes chunk after chunk. The row that begins the next one is handed over in `ahead`."""
        ahead = list(islice(rows, 1))
        number = 0
        while ahead:
            number += 1
            cut = new_cut(self._lease, number)
            write_cut(self._lease, cut, _lines(rows, ahead, cut))
            self._alive()
            yield cut

    def _finish(self, cuts: list[Cut], rejects: Rejects, header: FeedHeader | None) -> None:
        self.counts.quarantined = rejects.count
        self.counts.read = rejects.count + self.counts.skipped
        with transaction.atomic():
            self._lease.finish(
                chunk_count=len(cuts),
                rows_done=self._rows,
                bytes_done=self._bytes,
                edition=edition_of(self.instance, header),
                **self.counts.as_columns(),
            )
            make_known(self._lease.step, cuts)
            if replaces_pending(header):
                file = self._lease.step
                PruneExecution.objects.create(file=file, execution_id=file.execution_id)
            rejects.store()


def _lines(rows: Iterator[NamedRow], ahead: list[NamedRow], cut: Cut) -> Iterator[bytes]:
    """A chunk's lines: as many rows as fit, and then the rest of the last one's account."""
    rows_max = conf.CHUNK_ROWS
    account: str | None = None
    for named in chain(ahead[:], rows):
        _name, row = named
        if cut.rows >= rows_max and row[0] != account:
            ahead[:] = [named]
            return
        account = row[0]
        cut.rows += 1
        add_amount(cut.control, row[7], row[8])
        yield chunk_line(named)
    ahead.clear()


def _without(
    several: list[NamedRow], unknown: Collection[str], rejects: Rejects
) -> Iterator[NamedRow]:
    if not unknown:
        yield from several
        return
    for named in several:
        if named[1][0] in unknown:
            rejects.add(_of_unknown_account(named))
        else:
            yield named


def _of_unknown_account(named: NamedRow) -> Rejected:
    return Rejected(
        line=named[1][2],
        code="unknown_account",
        reason="no account has this number; open it, or correct the number",
        content=chunk_line(named),
        is_raw=False,
    )


def run_file(lease: Lease[FileExecution]) -> None:
    FileStep(lease).run()
