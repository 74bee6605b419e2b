"""New subscription."""

from alerts.domain.facts import Fact
from alerts.tests.facts import a_fact, days, said


def a_charge(minor: int, ago: float = 0, **values: str) -> Fact:
    return a_fact(minor, days(ago), **{"name": "Cloudnook", "mcc": "5817", **values})


class TestNewSubscription:
    def test_is_the_second_equal_charge(self) -> None:
        assert said("new_subscription", [a_charge(-299, 30), a_charge(-299)]) == (
            "Cloudnook charges you £2.99 monthly: first on 21 May 2026, and again on 20 June 2026."
        )

    def test_is_told_once(self) -> None:
        assert not said(
            "new_subscription", [a_charge(-299, 61), a_charge(-299, 30), a_charge(-299)]
        )

    def test_is_not_two_purchases(self) -> None:
        assert not said("new_subscription", [a_charge(-299, 30), a_charge(-499)])
        assert not said("new_subscription", [a_charge(-299, 20), a_charge(-299)])

    def test_is_not_the_barber(self) -> None:
        cuts = [a_charge(-1800, each, mcc="7230", name="Barber") for each in (60, 30, 0)]
        assert not said("new_subscription", cuts[1:])
        assert not said("new_subscription", cuts)

    def test_may_be_a_direct_debit_at_the_third(self) -> None:
        debits = [a_charge(-1800, each, mcc="", kind="payment", name="Gym") for each in (60, 30, 0)]
        assert said("new_subscription", debits)
