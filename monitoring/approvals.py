"""What operators may propose about consumers, and approvers allow."""

from typing import Any

from identity.approvals import approval_kind
from identity.proposals import Proposal
from monitoring.services import consumers


@approval_kind(consumers.REWIND_CONSUMER, label="Have a consumer read everything again")
def rewind(_proposal: Proposal, payload: dict[str, Any]) -> None:
    consumers.rewind(payload["handler"])
