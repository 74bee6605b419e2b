"""Proposals in the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from identity import approvals
from identity.proposals import Approval, Proposal
from identity.tests.acts import Acts, actions


class TestPages:
    def browser(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def decide(self, user: User, proposal: Proposal, decision: str) -> Any:
        address = f"/admin/approvals/{proposal.proposal_id}/decide/"
        return self.browser(user).post(address, {"decision": decision}, follow=True)

    def test_list_what_is_open(self, proposed: Proposal, olga: User, paul: User) -> None:
        page = self.browser(paul).get("/admin/approvals/")
        text = page.content.decode()
        assert page.status_code == 200
        assert page["Cache-Control"] == "private, no-store"
        for shown in ("Test it", proposed.subject, olga.username, "Approve", "Reject"):
            assert shown in text

    def test_offer_the_proposer_no_decision(self, proposed: Proposal, olga: User) -> None:
        page = self.browser(olga).get(f"/admin/approvals/{proposed.proposal_id}/")
        assert "Needs another person" in page.content.decode()
        assert 'value="approve"' not in page.content.decode()

    def test_show_the_payload_and_audit_that(self, proposed: Proposal, paul: User) -> None:
        page = self.browser(paul).get(f"/admin/approvals/{proposed.proposal_id}/")
        assert "<td>12</td>" in page.content.decode()
        assert actions(proposed)[-1] == "approval.viewed"

    def test_carry_it_out(self, proposed: Proposal, acts: Acts, paul: User) -> None:
        page = self.decide(paul, proposed, "approve")
        assert "Approved and carried out." in page.content.decode()
        assert len(acts.done) == 1
        assert proposed.subject not in page.content.decode()

    def test_reject_it(self, proposed: Proposal, acts: Acts, paul: User) -> None:
        assert "Rejected." in self.decide(paul, proposed, "reject").content.decode()
        assert acts.done == []

    def test_say_that_it_was_decided_already(self, proposed: Proposal, paul: User) -> None:
        approvals.reject(proposed.proposal_id, paul)
        page = self.decide(paul, proposed, "approve")
        assert "Somebody else has decided" in page.content.decode()

    def test_do_nothing_without_a_decision(
        self, proposed: Proposal, acts: Acts, paul: User
    ) -> None:
        assert self.decide(paul, proposed, "").status_code == 400
        assert approvals.proposal(proposed.proposal_id).status is Approval.PROPOSED

    def test_refuse_a_decision_without_the_role(
        self, proposed: Proposal, acts: Acts, olga: User
    ) -> None:
        assert self.decide(olga, proposed, "approve").status_code == 403
        assert acts.done == []

    def test_are_missing_for_what_does_not_exist(self, paul: User) -> None:
        assert self.browser(paul).get("/admin/approvals/prp_unknown/").status_code == 404

    @pytest.mark.django_db
    def test_are_for_staff(self, proposed: Proposal) -> None:
        assert "/admin/login/" in Client().get("/admin/approvals/")["Location"]
