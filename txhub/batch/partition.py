"""The file step: validates a whole file, then cuts it into sealed chunks of whole accounts.

Nothing of the file is visible before this step has ended: its last act is one transaction that
makes the chunks known, conditional on the lease.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

import zstandard
from django.db import transaction

from aws import storage
from kernel.clock import Clock
from txhub.batch import conf
from txhub.batch.counts import Counts, Totals, add_amount
from txhub.batch.leases import Lease
from txhub.batch.models import ChunkExecution, FileExecution, JobInstance
from txhub.batch.reading import open_landed
from txhub.batch.rejects import Rejected, Rejects
from txhub.batch.rows import FiledRow, NamedRow, Names, chunk_line
from txhub.batch.spool import Sorter, Spool
from txhub.batch.validate import named_rows, sort_rows
from txhub.feeds.profile import Profile
from txhub.feeds.profiles import profile_named
from txhub.resources import STAGING
from txhub.services import NewAccount, known_accounts, open_accounts

CHUNK_PURPOSE = "chunk"
# Rows whose accounts are looked up together.
_LOOK_AHEAD = 4_000
_PACK_BYTES = 64 * 1024


@dataclass(slots=True, kw_only=True)
class Cut:
    """A chunk as it is being written: `control` are its rows' sums by currency."""

    number: int
    key: str
    rows: int = 0
    control: Totals = field(default_factory=dict)


class FileStep:
    """One file's way from the landing bucket to its chunks."""

    def __init__(self, lease: Lease[FileExecution], clock: Clock) -> None:
        self._lease = lease
        self._clock = clock
        self._bytes = 0
        self._rows = 0
        self.instance: JobInstance = lease.step.instance
        self.profile: Profile = profile_named(self.instance.profile)
        self.counts = Counts()

    def run(self) -> None:
        """Raises whatever is wrong with the file, `LeaseLost`, or `StopRequested`."""
        with Spool(conf.spool_dir()) as spool:
            rejects = Rejects(self.instance, spool)
            sorter = Sorter(spool, conf.SORT_ROWS)
            names = self._read_into(sorter, rejects)
            rejects.check(self.profile.skip_limit, self._rows)
            named = named_rows(sorter.sorted(), names)
            cuts = list(self._chunks(self._of_known_accounts(named, rejects)))
            rejects.check(self.profile.skip_limit, self._rows)
            self._finish(cuts, rejects)

    def _read_into(self, sorter: Sorter, rejects: Rejects) -> Names:
        instance = self.instance
        feed = open_landed(instance, clock=self._clock, seen=self._saw)
        sequence = feed.header.sequence if feed.header else 0
        names = Names.of(instance.feed, self.profile, instance.business_date, sequence)
        self._rows = sort_rows(feed, names, sorter, rejects, self.counts, self._alive)
        return names

    def _saw(self, size: int) -> None:
        self._bytes += size

    def _alive(self, rows: int) -> None:
        self._lease.keep(rows, bytes_done=self._bytes)

    def _of_known_accounts(self, named: Iterator[NamedRow], rejects: Rejects) -> Iterator[NamedRow]:
        """Opens the accounts where the job may; rejects the rows of unknown ones otherwise."""
        while several := list(islice(named, _LOOK_AHEAD)):
            self._alive(self._rows)
            firsts = {row[0]: row for _name, _reversed, row in reversed(several)}
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
            folder = f"{self.instance.pk}/{self._lease.token}"
            cut = Cut(number=number, key=f"{folder}/{number:06d}")
            storage.put_sealed(
                STAGING,
                cut.key,
                _packed(_lines(rows, ahead, cut)),
                subject=f"feed:{self.instance.feed}",
                purpose=CHUNK_PURPOSE,
            )
            self._alive(self._rows)
            yield cut

    def _finish(self, cuts: list[Cut], rejects: Rejects) -> None:
        self.counts.quarantined = rejects.count
        self.counts.read = rejects.count + self.counts.skipped
        with transaction.atomic():
            self._lease.finish(
                chunk_count=len(cuts),
                rows_done=self._rows,
                bytes_done=self._bytes,
                **self.counts.as_columns(),
            )
            ChunkExecution.objects.bulk_create(map(self._execution, cuts), batch_size=200)
            rejects.store()

    def _execution(self, cut: Cut) -> ChunkExecution:
        file = self._lease.step
        return ChunkExecution(
            file=file,
            execution_id=file.execution_id,
            number=cut.number,
            object_key=cut.key,
            rows=cut.rows,
            control=cut.control,
        )


def _lines(rows: Iterator[NamedRow], ahead: list[NamedRow], cut: Cut) -> Iterator[bytes]:
    """A chunk's lines: as many rows as fit, and then the rest of the last one's account."""
    rows_max = conf.CHUNK_ROWS
    account: str | None = None
    for named in chain(ahead[:], rows):
        row = named[2]
        if cut.rows >= rows_max and row[0] != account:
            ahead[:] = [named]
            return
        account = row[0]
        cut.rows += 1
        add_amount(cut.control, row[7], row[8])
        yield chunk_line(named)
    ahead.clear()


def _packed(lines: Iterable[bytes]) -> Iterator[bytes]:
    packer = zstandard.ZstdCompressor(level=1).chunker(chunk_size=_PACK_BYTES)
    for line in lines:
        yield from packer.compress(line + b"\n")
    yield from packer.finish()  # type: ignore[no-untyped-call]


def _without(
    several: list[NamedRow], unknown: Collection[str], rejects: Rejects
) -> Iterator[NamedRow]:
    if not unknown:
        yield from several
        return
    for named in several:
        if named[2][0] in unknown:
            rejects.add(_of_unknown_account(named[2]))
        else:
            yield named


def _of_unknown_account(row: FiledRow) -> Rejected:
    return Rejected(
        line=row[2],
        code="unknown_account",
        reason="no account has this number; create it, or let the job create accounts",
        content=row[-1],
        is_raw=False,
    )


def run_file(lease: Lease[FileExecution], clock: Clock) -> None:
    FileStep(lease, clock).run()
