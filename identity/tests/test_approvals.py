"""Two people, one act: against the real tables."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from aws import sessions
from identity import approvals
from identity.approvals import ProposalMissing, UnknownKind, approval_kind
from identity.proposals import (
    LEASE,
    RUNS_MAX,
    AlreadyDecided,
    Approval,
    OwnProposal,
    Proposal,
)
from identity.repository import proposal_from_item, proposal_to_item
from identity.resources import APPROVALS
from identity.staff import Role, RoleMissing
from identity.tasks import resume_approvals
from identity.tests.acts import Acts, actions, kind
from identity.tests.people import StaffMaker
from kernel.errors import Refused, Unavailable

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


class Crash(BaseException):
    """What a killed process looks like from inside: no handler runs."""


class TestPropose:
    def test_does_nothing_yet(self, proposed: Proposal, acts: Acts) -> None:
        assert approvals.proposal(proposed.proposal_id) == proposed
        assert proposed.status is Approval.PROPOSED
        assert proposed in approvals.open_proposals()
        assert acts.done == []

    def test_seals_the_payload(self, acts: Acts, olga: User) -> None:
        secret = f"Mrs {secrets.token_hex(8)}"
        made = approvals.propose(kind(acts), "account:acc_1", {"name": secret}, olga)
        assert approvals.payload_of(made) == {"name": secret}
        raw = sessions.client("dynamodb").get_item(
            TableName=APPROVALS.physical_name, Key={"pk": {"S": made.proposal_id}}
        )
        assert secret not in str(raw["Item"])

    def test_is_for_operators(self, acts: Acts, paul: User) -> None:
        with pytest.raises(RoleMissing):
            approvals.propose(kind(acts), "job:1", {}, paul)

    def test_refuses_an_unknown_kind(self, olga: User) -> None:
        with pytest.raises(UnknownKind):
            approvals.propose("unheard_of", "job:1", {}, olga)


class TestApprove:
    def test_carries_it_out_once(self, proposed: Proposal, acts: Acts, paul: User) -> None:
        done = approvals.approve(proposed.proposal_id, paul)
        assert done.status is Approval.DONE
        assert acts.done == [(proposed.proposal_id, {"job": 12})]
        assert approvals.proposal(proposed.proposal_id) == done
        assert proposed.proposal_id not in {p.proposal_id for p in approvals.open_proposals()}

    def test_is_audited(self, proposed: Proposal, paul: User) -> None:
        approvals.approve(proposed.proposal_id, paul)
        assert actions(proposed) == ["approval.proposed", "approval.approved", "approval.done"]

    def test_needs_another_person(self, acts: Acts, staff: StaffMaker) -> None:
        both = staff(Role.OPERATOR, Role.APPROVER)
        made = approvals.propose(kind(acts), "job:1", {}, both)
        with pytest.raises(OwnProposal):
            approvals.approve(made.proposal_id, both)
        assert acts.done == []

    def test_needs_another_person_even_of_a_superuser(self, acts: Acts, staff: StaffMaker) -> None:
        boss = staff(is_superuser=True)
        made = approvals.propose(kind(acts), "job:1", {}, boss)
        with pytest.raises(OwnProposal):
            approvals.approve(made.proposal_id, boss)

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.AUDITOR])
    def test_needs_the_role(
        self, proposed: Proposal, acts: Acts, staff: StaffMaker, role: Role
    ) -> None:
        with pytest.raises(RoleMissing):
            approvals.approve(proposed.proposal_id, staff(role))
        assert acts.done == []

    def test_happens_once_only(self, proposed: Proposal, acts: Acts, paul: User) -> None:
        approvals.approve(proposed.proposal_id, paul)
        for again in (approvals.approve, approvals.reject):
            with pytest.raises(AlreadyDecided):
                again(proposed.proposal_id, paul)
        assert len(acts.done) == 1

    def test_happens_once_among_eight_at_once(
        self, proposed: Proposal, acts: Acts, paul: User
    ) -> None:
        paul.__dict__["_roles"] = frozenset({Role.APPROVER})  # threads share no test database

        def decide(n: int) -> str:
            act = approvals.approve if n % 2 else approvals.reject
            try:
                return act(proposed.proposal_id, paul).status
            except AlreadyDecided:
                return "lost"

        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(decide, range(8)))
        assert outcomes.count("lost") == 7
        decisions = {"approval.approved", "approval.rejected"}
        assert len(decisions.intersection(actions(proposed))) == 1  # the losers left no entry
        assert len(acts.done) == outcomes.count(Approval.DONE)

    def test_fails_where_it_cannot_be_done(
        self, proposed: Proposal, acts: Acts, paul: User
    ) -> None:
        acts.trouble.append(Refused("no longer"))
        failed = approvals.approve(proposed.proposal_id, paul)
        assert (failed.status, failed.failure) == (Approval.FAILED, "refused")
        assert actions(proposed)[-1] == "approval.failed"

    def test_of_something_unknown_is_missing(self, paul: User) -> None:
        with pytest.raises(ProposalMissing):
            approvals.approve("prp_unknown", paul)


class TestReject:
    def test_ends_it(self, proposed: Proposal, acts: Acts, paul: User) -> None:
        assert approvals.reject(proposed.proposal_id, paul).status is Approval.REJECTED
        with pytest.raises(AlreadyDecided):
            approvals.approve(proposed.proposal_id, paul)
        assert acts.done == []
        assert actions(proposed) == ["approval.proposed", "approval.rejected"]

    def test_needs_another_person(self, acts: Acts, staff: StaffMaker) -> None:
        both = staff(Role.OPERATOR, Role.APPROVER)
        made = approvals.propose(kind(acts), "job:1", {}, both)
        with pytest.raises(OwnProposal):
            approvals.reject(made.proposal_id, both)


class TestResume:
    """`mine` keeps these tests to their own proposal: others may lie about in the shared table."""

    def mine(self, proposed: Proposal, after: timedelta) -> Proposal | None:
        resumed = approvals.resume_abandoned(clock=lambda: NOW + after)
        return next((p for p in resumed if p.proposal_id == proposed.proposal_id), None)

    def test_finishes_what_a_crash_left(self, proposed: Proposal, acts: Acts, paul: User) -> None:
        acts.trouble.append(Crash())
        with pytest.raises(Crash):
            approvals.approve(proposed.proposal_id, paul, clock=lambda: NOW)
        assert approvals.proposal(proposed.proposal_id).status is Approval.APPROVED
        assert self.mine(proposed, LEASE / 2) is None
        resumed = self.mine(proposed, LEASE)
        assert resumed
        assert (resumed.status, resumed.runs) == (Approval.DONE, 2)
        assert acts.done == [(proposed.proposal_id, {"job": 12})]
        assert self.mine(proposed, LEASE * 3) is None

    def test_finishes_what_had_to_wait(self, proposed: Proposal, acts: Acts, paul: User) -> None:
        acts.trouble.append(Unavailable())
        waiting = approvals.approve(proposed.proposal_id, paul, clock=lambda: NOW)
        assert waiting.status is Approval.APPROVED
        resumed = self.mine(proposed, timedelta(0))
        assert resumed
        assert resumed.status is Approval.DONE

    def test_gives_up_after_too_many_runs(self, proposed: Proposal, acts: Acts, paul: User) -> None:
        acts.trouble += [Unavailable() for _ in range(RUNS_MAX)]
        approvals.approve(proposed.proposal_id, paul, clock=lambda: NOW)
        for _ in range(RUNS_MAX - 1):
            assert self.mine(proposed, timedelta(0))
        ended = self.mine(proposed, timedelta(0))
        assert ended
        assert (ended.status, ended.failure) == (Approval.FAILED, "too_many_runs")
        assert acts.done == []

    def test_lets_the_late_run_lose(self, proposed: Proposal, acts: Acts, paul: User) -> None:
        """The first run outlives its lease; the second finishes; then the first wants to fail."""

        def take_over_and_fail(_proposal: Proposal, _payload: dict[str, Any]) -> None:
            approvals._kinds[kind(acts)] = usual
            assert self.mine(proposed, LEASE)
            raise Refused("too late")

        usual = approvals._kinds.pop(kind(acts))
        approval_kind(kind_name := usual.name)(take_over_and_fail)
        late = approvals.approve(proposed.proposal_id, paul, clock=lambda: NOW)
        assert approvals._kinds[kind_name] is usual
        assert late.status is Approval.DONE
        assert approvals.proposal(proposed.proposal_id).status is Approval.DONE
        assert len(acts.done) == 1

    def test_takes_over_once_among_eight_at_once(
        self, proposed: Proposal, acts: Acts, paul: User
    ) -> None:
        acts.trouble.append(Crash())
        with pytest.raises(Crash):
            approvals.approve(proposed.proposal_id, paul, clock=lambda: NOW)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: self.mine(proposed, LEASE), range(8)))
        assert len(acts.done) == 1

    def test_leaves_alone_what_this_process_does_not_know(
        self, proposed: Proposal, acts: Acts, paul: User
    ) -> None:
        acts.trouble.append(Unavailable())
        approvals.approve(proposed.proposal_id, paul, clock=lambda: NOW)
        known = approvals._kinds.pop(kind(acts))
        try:
            assert self.mine(proposed, LEASE) is None
        finally:
            approvals._kinds[known.name] = known
        assert approvals.proposal(proposed.proposal_id).status is Approval.APPROVED

    def test_is_a_task(self, proposed: Proposal, acts: Acts, paul: User) -> None:
        acts.trouble.append(Unavailable())
        approvals.approve(proposed.proposal_id, paul)
        resume_approvals()
        assert approvals.proposal(proposed.proposal_id).status is Approval.DONE


class TestApprovalKind:
    def test_is_registered_once(self, acts: Acts) -> None:
        with pytest.raises(ValueError, match="twice"):
            approval_kind(kind(acts))(acts)


class TestItems:
    def test_come_back_as_they_were(self, proposed: Proposal) -> None:
        for each in (proposed, proposed.approved("staff:2", NOW).finished("x")):
            assert proposal_from_item(proposal_to_item(each)) == each
