"""Doubtful matches: operators see them, confirm them, or undo them with a second person."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from identity import approvals, audit
from identity.proposals import Approval, Proposal
from identity.staff import Role
from identity.tests.people import new_staff
from txhub import queries, services
from txhub.domain.entities import AccountId
from txhub.domain.entries import SourcedEntry, Status
from txhub.domain.pairs import MatchMissing, SameId
from txhub.domain.storing import Outcome
from txhub.services import expire_pending, store_entries, undo_match
from txhub.tests.holds import DAY, LATER, found_by, outcomes, pending, posted, shown
from txhub.tests.meanwhile import meanwhile
from txhub.tests.people import new_account
from txhub.tests.web.visitors import text_of

PAGE = "/admin/matches/"


class Pair:
    """An order at a bookshop, and a posting that may be a part of it: nothing says so."""

    def __init__(self) -> None:
        self.account = new_account()
        self.hold = pending(self.account, "order", -9900, mcc="5942")
        self.posting = posted(self.account, "part", -6423, mcc="5942")
        store_entries([self.hold])
        assert outcomes(self.posting) == [Outcome.MATCHED]

    def undo(self, decision: str = "prp_1", days: int = 3) -> None:
        today = DAY + timedelta(days=days)
        undo_match(self.account, self.posting.transaction_id, decision=decision, today=today)

    @property
    def page(self) -> str:
        return f"{PAGE}{self.account}/{self.posting.transaction_id}/"


class TestUndoing:
    def test_parts_the_two(self) -> None:
        pair = Pair()
        assert shown(pair.account) == [(Status.PENDING, -3477), (Status.POSTED, -6423)]
        pair.undo()
        assert shown(pair.account) == [(Status.PENDING, -9900), (Status.POSTED, -6423)]
        assert found_by(pair.posting).was_pending is None
        assert found_by(pair.posting).links == ()

    def test_brings_back_what_was_settled_in_full(self) -> None:
        account = new_account()
        hold, posting = pending(account, "hold"), posted(account, "posting")
        assert outcomes(hold) + outcomes(posting) == [Outcome.WRITTEN, Outcome.MATCHED]
        undo_match(account, posting.transaction_id, decision="prp_1", today=LATER)
        assert shown(account) == [(Status.PENDING, -4000), (Status.POSTED, -4000)]
        assert found_by(hold).status is Status.PENDING

    def test_may_be_done_twice(self) -> None:
        pair = Pair()
        pair.undo()
        pair.undo()
        with pytest.raises(MatchMissing):
            pair.undo("prp_2")

    def test_does_not_bring_back_what_has_expired(self) -> None:
        account = new_account()
        hold, posting = pending(account, "hold"), posted(account, "posting")
        store_entries([hold])
        store_entries([posting])
        long_after = DAY + timedelta(days=60)
        undo_match(account, posting.transaction_id, decision="prp_1", today=long_after)
        assert shown(account) == [(Status.POSTED, -4000)]

    def test_is_for_good(self) -> None:
        pair = Pair()
        pair.undo()
        assert outcomes(pair.posting) == [Outcome.MATCHED], "a retaken chunk counts the same"
        assert outcomes(replace(pair.posting, source="again:1")) == [Outcome.DUPLICATE]
        assert outcomes(replace(pair.hold, source="again:2")) == [Outcome.DUPLICATE]
        assert found_by(pair.posting).was_pending is None

    def test_leaves_the_pending_entry_to_its_true_posting(self) -> None:
        pair = Pair()
        pair.undo()
        true = posted(pair.account, "true", -9900, mcc="5942")
        assert outcomes(true) == [Outcome.MATCHED]
        assert found_by(pair.hold) == found_by(true)

    def test_comes_on_top_of_what_is_posted_meanwhile(self) -> None:
        pair = Pair()
        rest = posted(pair.account, "rest", -3477, mcc="5942", auth_code=None)
        with meanwhile("BatchGetItem", 3, lambda: store_entries([rest])):
            pair.undo()
        assert found_by(rest).was_pending is not None
        assert found_by(pair.posting).was_pending is None

    def test_needs_another_id(self) -> None:
        account = new_account()
        store_entries([pending(account, "same")])
        posting = posted(account, "same", source="daily:1")
        store_entries([posting])
        with pytest.raises(SameId):
            undo_match(account, posting.transaction_id, decision="prp_1", today=LATER)

    def test_frees_the_hold_to_expire(self) -> None:
        pair = Pair()
        pair.undo()
        expire_pending(DAY + timedelta(days=60))
        assert shown(pair.account) == [(Status.POSTED, -6423)]


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


def is_listed(posting: SourcedEntry) -> bool:
    return posting.transaction_id in {each.transaction_id for each in queries.doubtful_matches()}


@pytest.mark.django_db
class TestOperators:
    def test_see_both_sides_and_leave_a_trace(self) -> None:
        pair = Pair()
        operator = staff(Role.OPERATOR)
        assert pair.posting.transaction_id in text_of(operator.get(PAGE))
        page = text_of(operator.get(pair.page))
        assert "Doubtful" in page
        assert "64.23" in page
        assert "99.00" in page
        (trail,) = audit.entries_about(f"account:{pair.account}")
        assert trail.action == "match.viewed"

    def test_confirm_what_is_right(self) -> None:
        pair = Pair()
        assert is_listed(pair.posting)
        staff(Role.OPERATOR).post(pair.page, {"confirm": "1"})
        assert not is_listed(pair.posting)
        assert found_by(pair.posting).was_pending is not None
        (trail,) = audit.entries_about(f"account:{pair.account}")
        assert trail.action == "match.confirmed"

    def test_undo_it_with_a_second_person(self) -> None:
        pair = Pair()
        asked = {"undo": "1", "reason": "another order"}
        assert staff(Role.OPERATOR).post(pair.page, asked).status_code == 302
        assert found_by(pair.posting).was_pending is not None, "not by one person alone"
        (proposal,) = proposals_about(pair.account)
        done = approvals.approve(proposal.proposal_id, person(Role.APPROVER))
        assert done.status is Approval.DONE
        assert found_by(pair.posting).was_pending is None
        assert not is_listed(pair.posting)

    def test_only_may_do_either(self) -> None:
        pair = Pair()
        viewer = staff(Role.VIEWER)
        assert "Propose to undo" not in text_of(viewer.get(pair.page))
        viewer.post(pair.page, {"confirm": "1"})
        viewer.post(pair.page, {"undo": "1", "reason": "no"})
        assert is_listed(pair.posting)
        assert proposals_about(pair.account) == []

    def test_must_say_why(self) -> None:
        pair = Pair()
        assert staff(Role.OPERATOR).post(pair.page, {"undo": "1"}).status_code == 200
        assert proposals_about(pair.account) == []

    def test_find_nothing_where_nothing_was_matched(self) -> None:
        account = new_account()
        posting = posted(account, "alone")
        store_entries([posting])
        path = f"{PAGE}{account}/{posting.transaction_id}/"
        assert staff(Role.OPERATOR).get(path).status_code == 404


class TestConfirming:
    @pytest.mark.django_db
    def test_twice_changes_nothing(self) -> None:
        pair = Pair()
        operator = person(Role.OPERATOR)
        one = services.confirm_match(pair.account, pair.posting.transaction_id, operator)
        two = services.confirm_match(pair.account, pair.posting.transaction_id, operator)
        assert one == two
