"""Reconciling: what an archived file says, against what is stored.

    full        every row of the file against every item of its accounts
    by_digest   the file's digests against those that are kept of what is stored; where two differ,
                down to the rows

Nothing that the ingestion left behind is trusted but the file itself, the quarantine and the names
and sizes of its chunks: rows are parsed, sorted and named again.
"""

from txhub.batch.reconcile.by_digest import reconcile_by_digest
from txhub.batch.reconcile.findings import Fault, Finding, Reconciliation
from txhub.batch.reconcile.full import reconcile

__all__ = ["Fault", "Finding", "Reconciliation", "reconcile", "reconcile_by_digest"]
