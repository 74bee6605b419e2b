"""Alice's account is looked at twice."""

from datetime import timedelta
from typing import Any

import pytest

from alerts.repository import PROFILE_REPOSITORY
from alerts.tests.bank import Bank
from txhub.domain.entries import Status
from txhub.repository import TRANSACTION_REPOSITORY
from txhub.services.matches import undo_match

_MINUTES = timedelta(minutes=1)
_DAYS = timedelta(days=1)


def charge_twice(bank: Bank) -> None:
    bank.buys(-4900, merchant="Voltmart", ago=20 * _MINUTES)
    bank.buys(-4900, merchant="Voltmart", ago=15 * _MINUTES)


def settled_doubtfully(bank: Bank) -> tuple[str, str]:
    """A large hold, and the posting under another id that settled it."""
    large: dict[str, Any] = {"merchant": "Voltmart", "mcc": "5732"}
    hold = bank.purchase(-249_900, reference="held", status=Status.PENDING, **large)
    bank.store(hold)
    posting = bank.buys(-249_900, reference="posted", **large)
    return hold.transaction_id, posting.transaction_id


def known(bank: Bank) -> dict[str, tuple[int, bool]]:
    """Amounts of what Second Look knows of, and whether it is posted."""
    profile = PROFILE_REPOSITORY.find_many([bank.account])[bank.account].profile
    return {
        each.transaction_id: (each.minor, each.posted) for each in profile.facts if not each.removed
    }


class TestSecondLook:
    def test_alerts_to_a_duplicate_charge(self, bank: Bank) -> None:
        charge_twice(bank)
        bank.look()
        (alert,) = bank.inbox()
        assert alert.kind == "duplicate_charge"
        assert alert.reason == (
            "Voltmart charged you £49.00 twice on 20 June 2026, 5 minutes apart."
        )
        assert len(alert.transaction_ids) == 2

    def test_says_once_that_a_transfer_is_one(self, bank: Bank) -> None:
        bank.buys(-249_900, merchant="", description="TRANSFER TO RAINY DAY SAVINGS")
        bank.look()
        (alert,) = bank.inbox()
        assert alert.reason.startswith("You paid £2,499.00 to RAINY DAY SAVINGS on ")

    def test_alerts_once_however_often_it_is_given(self, bank: Bank) -> None:
        charge_twice(bank)
        changes = bank.changes()
        for _ in range(3):
            bank.look(changes)
        bank.look(changes[1:])
        assert len(bank.inbox()) == 1

    def test_alerts_whatever_came_first(self, bank: Bank) -> None:
        charge_twice(bank)
        for change in reversed(bank.changes()):
            bank.look([change])
        assert bank.kinds() == ["duplicate_charge"]

    def test_alerts_once_across_pending_and_posted(self, bank: Bank) -> None:
        for reference, ago in (("one", 20), ("two", 15)):
            bank.buys(
                -4900,
                merchant="Voltmart",
                reference=reference,
                status=Status.PENDING,
                ago=ago * _MINUTES,
            )
        bank.look()
        before = bank.inbox()
        bank.now += _DAYS
        for reference, ago in (("one", 20), ("two", 15)):
            bank.buys(-4900, merchant="Voltmart", reference=reference, ago=_DAYS + ago * _MINUTES)
        bank.look()
        assert [each.alert_id for each in bank.inbox()] == [each.alert_id for each in before]

    def test_takes_a_posting_under_another_id_for_the_same_purchase(self, bank: Bank) -> None:
        large = {"merchant": "Voltmart", "mcc": "5732"}
        bank.buys(-249_900, reference="held", status=Status.PENDING, ago=5 * _MINUTES, **large)
        changes = bank.changes()
        bank.look(changes)
        before = bank.inbox()
        assert bank.kinds() == ["large_purchase"]
        bank.now += _DAYS
        bank.buys(-249_900, reference="posted", ago=_DAYS + 5 * _MINUTES, **large)
        bank.look([*bank.changes()[::-1], *changes])
        assert [each.alert_id for each in bank.inbox()] == [each.alert_id for each in before]

    def test_knows_what_is_posted_whatever_comes_late(self, bank: Bank) -> None:
        hold, _posting = settled_doubtfully(bank)
        for change in bank.changes()[::-1]:
            bank.look([change])
        assert known(bank) == {hold: (-249_900, True)}

    @pytest.mark.parametrize("late", [False, True])
    def test_parts_what_two_people_have_parted(self, bank: Bank, late: bool) -> None:
        hold, posting = settled_doubtfully(bank)
        before = bank.changes()
        bank.look(before)
        assert known(bank) == {hold: (-249_900, True)}
        bank.now += _DAYS
        undo_match(bank.account, posting, decision="prp_1", today=bank.now.date())
        after = bank.changes()
        bank.look([*after, *before[::-1]] if late else after)
        assert known(bank) == {hold: (-249_900, False), posting: (-249_900, True)}
        assert bank.kinds() == ["duplicate_charge", "large_purchase", "large_purchase"]

    @pytest.mark.parametrize("is_taken_away", [False, True])
    def test_takes_back_what_it_said_of_a_pending_one_that_is_no_more(
        self, bank: Bank, is_taken_away: bool
    ) -> None:
        _hold, posting = settled_doubtfully(bank)
        changes = bank.changes()
        bank.look(changes)
        bank.now += _DAYS
        if is_taken_away:
            (settled,) = (each.key for each in changes if "#S" in each.key["pk"])
            TRANSACTION_REPOSITORY.delete(settled["pk"], settled["sk"])
        long_after = bank.now.date() + 60 * _DAYS
        undo_match(bank.account, posting, decision="prp_1", today=long_after)
        bank.look()
        assert known(bank) == {posting: (-249_900, True)}
        assert [each.transaction_ids for each in bank.inbox()] == [(posting,)]

    def test_takes_back_what_a_late_refund_in_between_explains(self, bank: Bank) -> None:
        charge_twice(bank)
        changes = bank.changes()
        bank.look(changes)
        assert bank.kinds() == ["duplicate_charge"]
        bank.buys(4900, merchant="Voltmart", kind="refund", ago=17 * _MINUTES)
        bank.look()
        assert "duplicate_charge" not in bank.kinds()

    def test_does_not_alert_to_what_is_history(self, bank: Bank) -> None:
        for ago in (20, 15):
            bank.buys(-4900, merchant="Voltmart", ago=ago * _MINUTES, historical=True)
        bank.look()
        assert bank.inbox() == []

    def test_does_not_alert_to_what_is_three_days_old(self, bank: Bank) -> None:
        for ago in (20, 15):
            bank.buys(-4900, merchant="Voltmart", ago=4 * _DAYS + ago * _MINUTES)
        bank.look()
        assert bank.inbox() == []

    def test_learns_without_a_word_in_a_rebuild(self, bank: Bank) -> None:
        charge_twice(bank)
        bank.look(tells=False)
        assert bank.inbox() == []
