"""What operators may propose about check-outs, and approvers allow."""

from typing import Any

from cart import operations
from identity.approvals import approval_kind
from identity.proposals import Proposal

CLOSE_CHECKOUT = "close_checkout"


@approval_kind(CLOSE_CHECKOUT, label="Close a stuck check-out by hand")
def close_checkout(_proposal: Proposal, payload: dict[str, Any]) -> None:
    operations.close(payload["checkout"])
