"""What operators may propose about batch jobs, and approvers allow."""

from typing import Any

from identity.approvals import approval_kind
from identity.proposals import Proposal
from txhub.batch import jobs, quarantine

CORRECT_ROW = "correct_quarantined_row"
DISCARD_ROW = "discard_quarantined_row"
ABANDON_JOB = "abandon_job"


@approval_kind(CORRECT_ROW, label="Correct a quarantined row")
def correct_row(_proposal: Proposal, payload: dict[str, Any]) -> None:
    quarantine.correct(payload["row"], payload["corrected"])


@approval_kind(DISCARD_ROW, label="Discard a quarantined row")
def discard_row(_proposal: Proposal, payload: dict[str, Any]) -> None:
    quarantine.discard(payload["row"])


@approval_kind(ABANDON_JOB, label="Abandon a batch job")
def abandon_job(_proposal: Proposal, payload: dict[str, Any]) -> None:
    jobs.abandon_instance(payload["job"])
