"""An address that bounced is found by who types it in, and lifted by two people."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from alerts.mail.domain.mails import Reason
from alerts.mail.repository import SUPPRESSIONS, Suppression
from alerts.mail.repository.ids import address_id
from alerts.mail.services.suppressing import LIFT_SUPPRESSION
from alerts.mail.tests.test_staff import person, staff
from identity import approvals, audit
from identity.proposals import Approval, Proposal
from identity.staff import Role

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/admin/mail/suppressions/"
BOUNCED_AT = datetime(2026, 6, 20, 12, 30, tzinfo=UTC)


@pytest.fixture
def address() -> str:
    """One that bounced."""
    new = f"alice-{secrets.token_hex(8)}@bank.example"
    suppress(new)
    return new


def suppress(address: str, at: datetime = BOUNCED_AT) -> None:
    SUPPRESSIONS.add(
        Suppression(address_id=address_id(address), reason=Reason.BOUNCED, at=at, mail_id="mail_x")
    )


def look_up(address: str, *roles: Role) -> str:
    answer = staff(*(roles or (Role.OPERATOR,))).post(PAGE, {"address": address}, follow=True)
    return answer.content.decode()


def propose(address: str, reason: str = "Says so on the telephone.") -> Proposal:
    said = {"address_id": address_id(address), "reason": reason}
    answer = staff(Role.OPERATOR).post(f"{PAGE}lift/", said, follow=True)
    assert "Proposed" in answer.content.decode()
    subject = f"address:{address_id(address)}"
    (found,) = [each for each in approvals.open_proposals() if each.subject == subject]
    assert found.kind == LIFT_SUPPRESSION
    return found


def actions(address: str) -> list[str]:
    return [each.action for each in audit.entries_about(f"address:{address_id(address)}")]


class TestLookingUp:
    def test_says_why_and_since_when(self, address: str) -> None:
        shown = look_up(address.upper())
        assert "This address is suppressed" in shown
        assert "bounced for good" in shown
        assert "20 Jun 2026, 13:30" in shown
        assert actions(address) == ["suppression.looked_up"]

    def test_says_that_it_is_not(self) -> None:
        assert "not suppressed" in look_up("somebody-else@bank.example")

    def test_takes_addresses_only(self) -> None:
        assert "no e-mail address" in look_up("nobody@")

    def test_is_for_operators(self, address: str) -> None:
        assert "This address is suppressed" not in look_up(address, Role.VIEWER)
        assert actions(address) == []


class TestLifting:
    def test_takes_two_people(self, address: str) -> None:
        proposal = propose(address)
        assert SUPPRESSIONS.find(address_id(address)) is not None
        approvals.approve(proposal.proposal_id, person(Role.APPROVER))
        assert SUPPRESSIONS.find(address_id(address)) is None
        assert "suppression.lifted" in actions(address)

    def test_needs_a_reason(self, address: str) -> None:
        said = {"address_id": address_id(address), "reason": " "}
        shown = staff(Role.OPERATOR).post(f"{PAGE}lift/", said, follow=True).content.decode()
        assert "nothing was proposed" in shown

    def test_of_what_is_not_suppressed_is_refused(self) -> None:
        said = {"address_id": "adr_none", "reason": "Why not?"}
        shown = staff(Role.OPERATOR).post(f"{PAGE}lift/", said, follow=True).content.decode()
        assert "not suppressed, or not any more" in shown

    def test_leaves_what_has_bounced_again_since(self, address: str) -> None:
        proposal = propose(address)
        SUPPRESSIONS.delete(address_id(address))
        suppress(address, BOUNCED_AT + timedelta(days=1))
        done = approvals.approve(proposal.proposal_id, person(Role.APPROVER))
        assert done.status is Approval.DONE
        assert SUPPRESSIONS.find(address_id(address)) is not None
        assert "suppression.lifted" not in actions(address)
