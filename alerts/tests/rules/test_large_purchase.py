"""Large purchase."""

from alerts.tests.facts import a_fact, days, said


class TestLargePurchase:
    def test_is_above_the_customers_threshold(self) -> None:
        assert said("large_purchase", [a_fact(-60_000)]) == (
            "You paid £600.00 to Voltmart on 20 June 2026."
        )
        assert not said("large_purchase", [a_fact(-60_000)], amount=70_000)
        assert said("large_purchase", [a_fact(-6_000)], amount=5_000)

    def test_is_not_the_rent(self) -> None:
        rent = [a_fact(-90_000, days(each), kind="payment") for each in (61, 30)]
        assert not said("large_purchase", [*rent, a_fact(-91_000, kind="payment")])

    def test_is_not_a_transfer_or_money_in(self) -> None:
        assert not said("large_purchase", [a_fact(-60_000, kind="transfer")])
        assert not said("large_purchase", [a_fact(60_000, kind="refund")])
