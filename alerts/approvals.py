"""What operators may propose about rules, and approvers allow."""

from typing import Any

from alerts.rules import rule_named
from alerts.services.rulebook import enforce
from identity.approvals import approval_kind
from identity.proposals import Proposal

ENFORCE_RULE = "enforce_rule"


@approval_kind(ENFORCE_RULE, label="Put a rule's settings in force")
def enforce_rule(proposal: Proposal, payload: dict[str, Any]) -> None:
    enforce(
        rule_named(payload["rule"]),
        payload["version"],
        on=payload["on"],
        approved_as=proposal.proposal_id,
    )
