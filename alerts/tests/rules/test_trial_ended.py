"""A free trial became a paid subscription."""

import pytest

from alerts.domain.facts import Fact
from alerts.tests.facts import a_fact, days, said


def a_charge(minor: int, ago: float = 0) -> Fact:
    return a_fact(minor, days(ago), name="Streamloft", mcc="4899")


class TestTrialEnded:
    def test_is_a_price_after_nothing(self) -> None:
        assert said("trial_ended", [a_charge(0, 30), a_charge(-799)]) == (
            "Your trial of Streamloft, which began free on 21 May 2026, became a paid"
            " subscription: £7.99 on 20 June 2026."
        )

    def test_may_have_cost_a_pound(self) -> None:
        reason = said("trial_ended", [a_charge(-100, 7), a_charge(-999)])
        assert reason
        assert "began for £1.00" in reason

    def test_is_told_once(self) -> None:
        paid = [a_charge(0, 60), a_charge(-799, 30)]
        assert not said("trial_ended", [*paid, a_charge(-799)])

    @pytest.mark.parametrize("ago", [0.01, 200])
    def test_is_not_a_card_that_was_checked(self, ago: float) -> None:
        assert not said("trial_ended", [a_charge(0, ago), a_charge(-799)])

    def test_is_not_a_shop(self) -> None:
        assert not said("trial_ended", [a_fact(-80, days(7)), a_fact(-4000)])
