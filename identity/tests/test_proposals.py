"""A proposal's states: no table, no vault."""

import re
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

from identity.proposals import (
    LEASE,
    NEXT,
    OPEN,
    AlreadyDecided,
    Approval,
    OwnProposal,
    Proposal,
)

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
PROPOSAL = Proposal(
    proposal_id="prp_x",
    kind="k",
    subject="job:1",
    payload=b"",
    proposed_by="staff:1",
    proposed_at=NOW,
)
APPROVED = PROPOSAL.approved("staff:2", NOW)
STANDING = {
    Approval.PROPOSED: PROPOSAL,
    Approval.APPROVED: APPROVED,
    Approval.REJECTED: PROPOSAL.rejected("staff:2", NOW),
    Approval.DONE: APPROVED.finished(),
    Approval.FAILED: APPROVED.finished("refused"),
}


class TestStates:
    def test_are_drawn_as_they_are(self) -> None:
        chart = Path(settings.BASE_DIR, "docs/states/approval.md").read_text()
        drawn = set(re.findall(r"^\s+(\w+) --> (\w+)", chart, re.MULTILINE))
        assert drawn == {(old.value, new.value) for old, moves in NEXT.items() for new in moves}
        ends = set(re.findall(r"(\w+) --> \[\*\]", chart))
        assert ends == {status.value for status in set(Approval) - OPEN}

    @pytest.mark.parametrize(("old", "new"), list(product(Approval, Approval)), ids=str)
    def test_allow_the_moves_of_the_table_only(self, old: Approval, new: Approval) -> None:
        standing = STANDING[old]
        moves = {
            Approval.APPROVED: lambda: standing.approved("staff:3", NOW),
            Approval.REJECTED: lambda: standing.rejected("staff:3", NOW),
            Approval.DONE: lambda: standing.finished(),
            Approval.FAILED: lambda: standing.finished("refused"),
        }
        if new not in moves:
            return
        if new in NEXT[old]:
            assert moves[new]().status is new
        else:
            with pytest.raises(AlreadyDecided):
                moves[new]()


class TestProposal:
    @pytest.mark.parametrize("move", [Proposal.approved, Proposal.rejected])
    def test_needs_a_second_person(self, move: object) -> None:
        with pytest.raises(OwnProposal):
            move(PROPOSAL, "staff:1", NOW)  # type: ignore[operator]

    def test_is_leased_to_its_first_run(self) -> None:
        assert APPROVED.runs == 1
        assert APPROVED.lease_expires == NOW + LEASE

    @pytest.mark.parametrize(("after", "abandoned"), [(LEASE, True), (LEASE / 2, False)])
    def test_is_abandoned_after_its_lease(self, after: timedelta, abandoned: bool) -> None:
        assert APPROVED.is_abandoned(NOW + after) is abandoned

    def test_is_abandoned_at_once_where_its_run_gave_up(self) -> None:
        assert APPROVED.released(NOW).is_abandoned(NOW)

    @pytest.mark.parametrize("status", sorted(set(Approval) - {Approval.APPROVED}))
    def test_is_not_abandoned_in_another_state(self, status: Approval) -> None:
        assert not STANDING[status].is_abandoned(NOW + timedelta(days=9))
