"""Reconciling: what an archived file says, against what is stored.

    full        every row of the file against every item of its accounts
    by_digest   the file's digests against those that are kept of what is stored; where two differ,
                down to the rows
    one day     both sides of one account's day, from all files that mention it

Nothing that the ingestion left behind is trusted but the file itself, the quarantine and the names
and sizes of its chunks: rows are parsed, sorted and named again.
"""

from txhub.batch.reconcile.by_digest import reconcile_by_digest
from txhub.batch.reconcile.findings import Fault, Finding, Reconciliation
from txhub.batch.reconcile.full import reconcile
from txhub.batch.reconcile.one_day import DayOfFile, both_sides

__all__ = [
    "DayOfFile",
    "Fault",
    "Finding",
    "Reconciliation",
    "both_sides",
    "reconcile",
    "reconcile_by_digest",
]
