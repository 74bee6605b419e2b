"""Reconciling: the archived file, parsed anew, against the decrypted items, account by account.

Nothing that the ingestion left behind is trusted but the file itself, the quarantine and the names
of its chunks: rows are parsed, sorted and named again, and compared field by field.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby, islice

from aws.vault import KeyDestroyed, Tampered
from txhub.batch import conf
from txhub.batch.closing import counts_so_far
from txhub.batch.counts import Counts, Totals, add_amount
from txhub.batch.editions import may_be_gone
from txhub.batch.models import ChunkExecution, FileExecution, JobInstance, QuarantinedRow
from txhub.batch.reading import open_landed
from txhub.batch.rejects import Rejects
from txhub.batch.rows import NamedRow, Names, entry_of
from txhub.batch.spool import Sorter, Spool
from txhub.batch.statuses import RowStatus
from txhub.batch.validate import named_rows, sort_rows
from txhub.domain.digests import facts_of_entry, facts_of_stored
from txhub.domain.entities import Account, AccountId
from txhub.domain.entries import Action, Status
from txhub.repository import TRANSACTION_REPOSITORY, StoredTransaction
from txhub.services import known_accounts

FINDINGS_SHOWN = 20
_ACCOUNTS_TOGETHER = 100


class Fault(StrEnum):
    """What can be wrong."""

    MISSING = "missing"  # a row of the file is not stored
    ALTERED = "altered"  # an item does not open, or says something else than its row
    ADDED = "added"  # an item that names a chunk of this job, but no row of its file
    UNKNOWN_SOURCE = "unknown_source"  # an item that no job of ours has written
    COUNTS = "counts"  # the job's own counts or totals are not those of its file


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`line` of the file, or None where there is none. Holds no personal data."""

    fault: Fault
    account_id: str = ""
    transaction_id: str = ""
    line: int | None = None


@dataclass(slots=True, kw_only=True)
class Reconciliation:
    """What was compared. `findings` are the first of `faults`."""

    job: str
    rows: int = 0
    accounts: int = 0
    items: int = 0
    faults: int = 0
    findings: list[Finding] = field(default_factory=list)
    totals: Totals = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        return self.faults == 0

    def found(self, finding: Finding) -> None:
        self.faults += 1
        if len(self.findings) < FINDINGS_SHOWN:
            self.findings.append(finding)


@dataclass(frozen=True, slots=True)
class _Expected:
    """A row of the file: `facts` is a digest of all it says."""

    line: int
    facts: bytes
    amends: bool
    is_pending: bool


class _Sources:
    """Who writes items: this job's chunks and re-driven rows, and those of other jobs."""

    def __init__(self, instance: JobInstance) -> None:
        own = ChunkExecution.objects.filter(file__instance=instance)
        self._own = set(own.values_list("pk", flat=True))
        redriven = QuarantinedRow.objects.filter(instance=instance, status=RowStatus.REDRIVEN)
        self._redriven = dict(redriven.values_list("pk", "line"))
        quarantined = QuarantinedRow.objects.filter(instance=instance)
        # Rows that need not be stored: they were not taken over.
        self.left_out = set(
            quarantined.exclude(status=RowStatus.REDRIVEN).values_list("line", flat=True)
        )
        self._pending_may_be_gone = may_be_gone(FileExecution.objects.get(instance=instance))
        self._others: dict[str, bool] = {}

    def may_lack(self, rows: "list[_Expected]") -> bool:
        """Whether these rows of one id may rightly be stored no more."""
        return self._pending_may_be_gone and all(row.is_pending for row in rows)

    def is_own(self, source: str) -> bool:
        return source.partition(":")[0] in self._own

    def is_redriven(self, source: str) -> bool:
        return source.partition(":")[0] in self._redriven

    def is_known(self, source: str) -> bool:
        name = source.partition(":")[0]
        if name in self._own or name in self._redriven:
            return True
        if name not in self._others:
            self._others[name] = (
                ChunkExecution.objects.filter(pk=name).exists()
                or QuarantinedRow.objects.filter(pk=name).exists()
            )
        return self._others[name]


def reconcile(instance: JobInstance) -> Reconciliation:
    """Raises what opening and parsing the archived file raises."""
    result = Reconciliation(job=instance.pk)
    sources = _Sources(instance)
    with Spool(conf.spool_dir()) as spool:
        accounts = groupby(_rows_again(instance, spool, result), _account_of)
        expected = ((account, _expected(rows, sources, result)) for account, rows in accounts)
        while several := dict(islice(expected, _ACCOUNTS_TOGETHER)):
            known = known_accounts(several)
            for account_id, rows in several.items():
                result.accounts += 1
                _compare_account(known.get(account_id), account_id, rows, sources, result)
    _compare_counts(instance, result)
    return result


def _rows_again(instance: JobInstance, spool: Spool, result: Reconciliation) -> Iterator[NamedRow]:
    feed = open_landed(instance)
    names = Names.of(instance, feed.header)
    sorter, counts = Sorter(spool, conf.SORT_ROWS), Counts()
    result.rows = sort_rows(
        feed, names, sorter, Rejects(instance, spool), counts, lambda _rows: None
    )
    yield from named_rows(sorter.sorted(), names)


def _expected(
    rows: Iterable[NamedRow], sources: _Sources, result: Reconciliation
) -> dict[str, list[_Expected]]:
    """The rows of one account that were taken over, by transaction id, in the order of storing."""
    expected: dict[str, list[_Expected]] = {}
    for name, row in rows:
        entry = entry_of(row[-1])
        if entry.line in sources.left_out:
            continue
        add_amount(result.totals, entry.amount_minor, entry.currency)
        amends, is_pending = entry.action is Action.AMEND, entry.status is Status.PENDING
        one = _Expected(entry.line, facts_of_entry(entry, row[6]), amends, is_pending)
        expected.setdefault(name, []).append(one)
    return expected


def _account_of(named: NamedRow) -> AccountId:
    return named[1][0]


def _compare_account(
    account: Account | None,
    account_id: AccountId,
    expected: dict[str, list[_Expected]],
    sources: _Sources,
    result: Reconciliation,
) -> None:
    left = {name: rows for name, rows in expected.items() if not sources.may_lack(rows)}
    try:
        for stored in TRANSACTION_REPOSITORY.all_of(account) if account else ():
            result.items += 1
            name = stored.transaction.transaction_id
            left.pop(name, None)
            fault = _fault_of(stored, expected.get(name, []), sources)
            if fault is not None:
                result.found(Finding(fault=fault, account_id=account_id, transaction_id=name))
    except (Tampered, KeyDestroyed):
        # Which one it is cannot be told: its own name is part of what does not open.
        result.found(Finding(fault=Fault.ALTERED, account_id=account_id))
        return
    for unstored, rows in left.items():
        result.found(
            Finding(
                fault=Fault.MISSING,
                account_id=account_id,
                transaction_id=unstored,
                line=rows[0].line,
            )
        )


def _fault_of(stored: StoredTransaction, rows: list[_Expected], sources: _Sources) -> Fault | None:
    """What is wrong with one item, given the rows of the file that have its id."""
    source = stored.sources[0]
    if not all(map(sources.is_known, stored.sources)):
        return Fault.UNKNOWN_SOURCE
    facts = facts_of_stored(stored.transaction)
    if sources.is_own(source):
        row = next((each for each in rows if f":{each.line}" == source[source.index(":") :]), None)
        if row is None:
            return Fault.ADDED
        return None if row.facts == facts else Fault.ALTERED
    written_once = len(stored.sources) == 1 and not sources.is_redriven(source)
    if rows and written_once and not _later_word(stored, rows):
        return None if any(row.facts == facts for row in rows) else Fault.ALTERED
    return None


def _later_word(stored: StoredTransaction, rows: list[_Expected]) -> bool:
    """Whether what another file wrote may rightly differ from what this one says."""
    return stored.transaction.version > 1 or any(row.amends for row in rows)


def _compare_counts(instance: JobInstance, result: Reconciliation) -> None:
    counts = counts_so_far(instance)
    changed = counts.updated + counts.matched  # their amounts are not in the report's totals
    if counts.read != result.rows or (not changed and not _same(counts.totals, result, instance)):
        result.found(Finding(fault=Fault.COUNTS))


def _same(totals: Totals, result: Reconciliation, instance: JobInstance) -> bool:
    redriven = QuarantinedRow.objects.filter(instance=instance, status=RowStatus.REDRIVEN)
    return totals == result.totals or redriven.exists()
