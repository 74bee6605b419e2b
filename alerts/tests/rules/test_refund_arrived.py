"""Refund arrived."""

from alerts.tests.facts import a_fact, days, finding, said


class TestRefundArrived:
    def test_names_the_purchase(self) -> None:
        bought = [a_fact(-4900, days(9)), a_fact(-6000, days(5))]
        found = finding("refund_arrived", [*bought, a_fact(4900, kind="refund")])
        assert found
        assert found.others == (bought[0].transaction_id,)
        assert found.reason == (
            "Voltmart refunded you £49.00 on 20 June 2026, for your purchase of £49.00"
            " on 11 June 2026."
        )

    def test_may_be_a_part(self) -> None:
        reason = said("refund_arrived", [a_fact(-6000, days(5)), a_fact(1000, kind="refund")])
        assert reason
        assert "purchase of £60.00" in reason

    def test_may_be_of_something_unknown(self) -> None:
        assert said("refund_arrived", [a_fact(4900, kind="refund")])

    def test_is_not_the_salary(self) -> None:
        assert not said("refund_arrived", [a_fact(250_000, kind="payment", name="Salary")])
