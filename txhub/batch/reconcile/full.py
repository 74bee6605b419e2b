"""Every row of the file against every item of the accounts that it mentions, field by field."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from aws.vault import KeyDestroyed, Tampered
from txhub.batch import conf
from txhub.batch.closing import counts_so_far
from txhub.batch.counts import Totals, add_amount
from txhub.batch.models import JobInstance, QuarantinedRow
from txhub.batch.reconcile.archive import Archive, Rows, add_row, entry_in
from txhub.batch.reconcile.findings import Fault, Finding, Reconciliation
from txhub.batch.reconcile.sources import Row, Sources
from txhub.batch.rows import NamedRow
from txhub.batch.spool import Spool
from txhub.batch.statuses import RowStatus
from txhub.domain.entities import Account, AccountId, Transaction
from txhub.domain.entries import Status
from txhub.domain.ledger import PENDING_VOLUME
from txhub.repository import TRANSACTION_REPOSITORY, StoredTransaction
from txhub.services import known_accounts

_ACCOUNTS_TOGETHER = 100
# What is still pending so long after it happened should have been posted, or have expired.
_PENDING_FOR = timedelta(days=7)


def reconcile(instance: JobInstance) -> Reconciliation:
    """Raises what opening and parsing the archived file raises."""
    result = Reconciliation(job=instance.pk)
    with Spool(conf.spool_dir()) as spool:
        comparison = _Comparison(instance, result)
        archive = Archive(instance, spool)
        expected = ((one, comparison.expected(rows)) for one, rows in archive.accounts())
        while several := dict(islice(expected, _ACCOUNTS_TOGETHER)):
            known = known_accounts(several)
            for account_id, rows in several.items():
                comparison.compare(known.get(account_id), account_id, rows)
        result.rows = archive.rows
    result.found(_faults_of_counts(instance, result))
    return result


class _Comparison:
    """Of one job's file with what is stored; tells `result`."""

    def __init__(self, instance: JobInstance, result: Reconciliation) -> None:
        self._sources, self._result = Sources(instance), result
        self._pending_until = instance.business_date - _PENDING_FOR

    def expected(self, named: Iterable[NamedRow]) -> Rows:
        """The rows of one account that were taken over."""
        rows: Rows = {}
        for each in named:
            entry = entry_in(each)
            if entry.line not in self._sources.left_out:
                add_amount(self._result.totals, entry.amount_minor, entry.currency)
                add_row(rows, each, entry)
        return rows

    def compare(self, account: Account | None, account_id: AccountId, rows: Rows) -> None:
        days = {row.day for group in rows.values() for row in group}
        self._result.accounts += 1
        self._result.days += len(days)
        try:
            findings = list(self._findings(account, account_id, rows))
        except (Tampered, KeyDestroyed):
            # Which one it is cannot be told: its own name is part of what does not open.
            findings = [Finding(fault=Fault.ALTERED, account_id=account_id)]
        self._result.found(findings)

    def _findings(
        self, account: Account | None, account_id: AccountId, rows: Rows
    ) -> Iterator[Finding]:
        sources = self._sources
        left = {name: group for name, group in rows.items() if not sources.may_lack(group)}
        before: Transaction | None = None
        for stored in TRANSACTION_REPOSITORY.all_of(account) if account else ():
            each = stored.transaction
            self._result.items += 1
            self._look_at(before, stored)
            before = each
            left.pop(each.transaction_id, None)
            fault = sources.fault_of(stored, rows.get(each.transaction_id, []))
            if fault is not None:
                yield Finding(
                    fault=fault,
                    account_id=account_id,
                    transaction_id=each.transaction_id,
                    day=each.booked_day.isoformat(),
                )
        for name, group in left.items():
            yield missing(account_id, name, group)

    def _look_at(self, before: Transaction | None, stored: StoredTransaction) -> None:
        each = stored.transaction
        if stored.key[0].endswith(f"#{PENDING_VOLUME}"):
            self._result.pending_left += each.occurred_on < self._pending_until
        elif before and before.balance and each.balance and before.status is Status.POSTED:
            follows = before.balance.minor + each.amount.minor == each.balance.minor
            self._result.balances_broken += not follows


def missing(account_id: str, name: str, group: list[Row]) -> Finding:
    """None of the rows of one id is stored."""
    return Finding(
        fault=Fault.MISSING,
        account_id=account_id,
        transaction_id=name,
        day=group[0].day.isoformat(),
        line=group[0].line,
    )


def _faults_of_counts(instance: JobInstance, result: Reconciliation) -> list[Finding]:
    counts = counts_so_far(instance)
    changed = counts.updated + counts.matched  # their amounts are not in the report's totals
    same_totals = changed or _same(counts.totals, result, instance)
    return [] if counts.read == result.rows and same_totals else [Finding(fault=Fault.COUNTS)]


def _same(totals: Totals, result: Reconciliation, instance: JobInstance) -> bool:
    redriven = QuarantinedRow.objects.filter(instance=instance, status=RowStatus.REDRIVEN)
    return totals == result.totals or redriven.exists()
