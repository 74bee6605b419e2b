"""Balance low."""

from alerts.tests.facts import a_fact, said


class TestBalanceLow:
    def test_is_told_when_it_falls_below(self) -> None:
        assert said("balance_low", [a_fact(-2000, balance=4000)]) == (
            "Your balance is £40.00 after £20.00 to Voltmart on 20 June 2026."
        )

    def test_is_not_told_again_while_it_is_low(self) -> None:
        assert not said("balance_low", [a_fact(-2000, balance=2000)])

    def test_says_when_the_account_is_overdrawn(self) -> None:
        reason = said("balance_low", [a_fact(-9000, balance=-1000)])
        assert reason
        assert "overdrawn by £10.00" in reason

    def test_is_as_low_as_the_customer_says(self) -> None:
        assert not said("balance_low", [a_fact(-2000, balance=4000)], amount=1000)
