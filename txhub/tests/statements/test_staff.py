"""Operators see what is held and propose; another person approves."""

from datetime import date

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from identity import approvals
from identity.proposals import Approval, Proposal
from identity.staff import Role
from identity.tests.people import new_staff
from txhub.domain.entities import AccountId
from txhub.statements.repository import STATEMENT_INDEX
from txhub.statements.services import issue_due
from txhub.tests.people import new_account
from txhub.tests.statements.samples import Book

pytestmark = pytest.mark.django_db
PAGE = "/admin/statements/"


def person(*roles: Role) -> User:
    for role in roles:  # tests with transactions leave no groups behind
        Group.objects.get_or_create(name=role.value)
    return new_staff(*roles)


def staff(*roles: Role) -> Client:
    client = Client()
    client.force_login(person(*roles))
    return client


def proposals_about(account: AccountId) -> list[Proposal]:
    return [each for each in approvals.open_proposals() if each.subject == f"account:{account}"]


@pytest.fixture
def held() -> AccountId:
    """An account whose first statement is held: a transaction never came."""
    book = Book(account=new_account())
    book.send(date(2026, 1, 5), -100)
    book.book(date(2026, 1, 6), -30)
    book.send(date(2026, 1, 7), -20)
    assert issue_due(book.account, date(2026, 1, 31), source="test").held
    return book.account


class TestThePage:
    def test_lists_what_is_held_and_why(self, held: AccountId) -> None:
        shown = staff(Role.VIEWER).get(PAGE).content.decode()
        assert held in shown
        assert "2026-01" in shown
        assert "running balances" in shown

    def test_is_closed_to_staff_without_a_role(self) -> None:
        assert staff().get(PAGE).status_code == 302

    def test_lets_only_operators_propose(self, held: AccountId) -> None:
        asked = {"account": held, "month": "2026-01", "reason": "the core is wrong"}
        staff(Role.VIEWER).post(PAGE, asked)
        assert proposals_about(held) == []

    @pytest.mark.parametrize(
        "wrong", [{"account": "acc_nobody"}, {"month": "2026-13"}, {"reason": ""}]
    )
    def test_refuses_what_cannot_be_meant(self, held: AccountId, wrong: dict[str, str]) -> None:
        asked = {"account": held, "month": "2026-01", "reason": "the core is wrong", **wrong}
        assert staff(Role.OPERATOR).post(PAGE, asked).status_code == 200
        assert proposals_about(held) == []


class TestAnApprovedCorrection:
    def test_issues_the_held_statement(self, held: AccountId) -> None:
        asked = {"account": held, "month": "2026-01", "reason": "the core is wrong"}
        assert staff(Role.OPERATOR).post(PAGE, asked).status_code == 302
        (proposal,) = proposals_about(held)
        done = approvals.approve(proposal.proposal_id, person(Role.APPROVER))
        assert done.status is Approval.DONE
        (version,) = STATEMENT_INDEX.versions(held)
        assert version.source == proposal.proposal_id
        assert held not in staff(Role.VIEWER).get(PAGE).content.decode()

    def test_of_a_month_without_a_statement_fails_and_says_so(self, held: AccountId) -> None:
        asked = {"account": held, "month": "2025-01", "reason": "a slip"}
        staff(Role.OPERATOR).post(PAGE, asked)
        (proposal,) = proposals_about(held)
        failed = approvals.approve(proposal.proposal_id, person(Role.APPROVER))
        assert (failed.status, failed.failure) == (Approval.FAILED, "statement_not_found")
