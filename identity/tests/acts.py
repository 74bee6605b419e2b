"""Something that can be proposed: an act that remembers how often it was done."""

from typing import Any

from identity import approvals, audit
from identity.approvals import approval_kind
from identity.proposals import Proposal


class Acts:
    """What the executor was called with, and what it should raise instead of acting."""

    def __init__(self) -> None:
        self.done: list[tuple[str, dict[str, Any]]] = []
        self.trouble: list[BaseException] = []

    def __call__(self, proposal: Proposal, payload: dict[str, Any]) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.done.append((proposal.proposal_id, payload))


def kind(acts: Acts) -> str:
    """The kind of its own that `acts` is proposed as."""
    name = f"test_{id(acts)}"
    if name not in approvals._kinds:
        approval_kind(name, label="Test it")(acts)
    return name


def actions(proposal: Proposal) -> list[str]:
    """What the audit log says was done to its subject, oldest first."""
    return [each.action for each in audit.entries_about(proposal.subject)][::-1]
