"""Found by identity's discovery: importing it registers what hub staff can propose."""

from typing import Any

from django.utils import timezone

from identity.approvals import approval_kind
from identity.proposals import Proposal
from txhub import services
from txhub.batch.approvals import abandon_job, correct_row, discard_row
from txhub.statements.approvals import correct_statement

UNDO_MATCH = "undo_match"


@approval_kind(UNDO_MATCH, label="Undo a match")
def undo_match(proposal: Proposal, payload: dict[str, Any]) -> None:
    """`payload`: account, posting, and the reason, which is for people."""
    services.undo_match(
        payload["account"],
        payload["posting"],
        decision=proposal.proposal_id,
        today=timezone.localdate(),
    )


__all__ = ["abandon_job", "correct_row", "correct_statement", "discard_row", "undo_match"]
