"""What operators may propose about mail, and approvers allow."""

from typing import Any

from alerts.mail.services import deciding, suppressing
from alerts.mail.services.suppressing import LIFT_SUPPRESSION
from identity.approvals import approval_kind
from identity.proposals import Proposal

SETTLE_UNKNOWN = "settle_unknown_mails"


@approval_kind(SETTLE_UNKNOWN, label="Settle mails whose outcome is unknown")
def settle_unknown(proposal: Proposal, payload: dict[str, Any]) -> None:
    """`payload`: campaign, whether they were sent, and how the operator knows, for people. It is
    about the mails that were unknown when it was proposed."""
    deciding.settle_unknown(payload["campaign"], sent=payload["sent"], until=proposal.proposed_at)


@approval_kind(LIFT_SUPPRESSION, label="Send mail to a suppressed address again")
def lift_suppression(proposal: Proposal, payload: dict[str, Any]) -> None:
    """`payload`: the address as the list calls it, why and since when it was suppressed as it was
    proposed, and the reason, for people."""
    suppressing.lift(payload["address"], since=payload["since"], approved_as=proposal.proposal_id)
