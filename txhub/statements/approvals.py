"""What operators may propose about statements, and approvers allow."""

from typing import Any

from identity.approvals import approval_kind
from identity.proposals import Proposal
from txhub.domain.entities import AccountId
from txhub.statements import services
from txhub.statements.domain.months import Month

CORRECT_STATEMENT = "correct_statement"


@approval_kind(CORRECT_STATEMENT, label="Correct a statement")
def correct_statement(proposal: Proposal, payload: dict[str, Any]) -> None:
    """`payload`: account, month, and the reason, which is for people."""
    services.correct(
        AccountId(payload["account"]), Month.named(payload["month"]), source=proposal.proposal_id
    )
