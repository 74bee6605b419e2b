"""Charged twice."""

from alerts.tests.facts import a_fact, days, finding, minutes, said


class TestDuplicateCharge:
    def test_is_the_same_amount_shortly_after(self) -> None:
        first, second = a_fact(-4900, minutes(12)), a_fact(-4900)
        found = finding("duplicate_charge", [first, second])
        assert found
        assert (
            found.reason == "Voltmart charged you £49.00 twice on 20 June 2026, 12 minutes apart."
        )
        assert found.others == (first.transaction_id,)

    def test_is_not_another_amount_merchant_or_day(self) -> None:
        assert not said("duplicate_charge", [a_fact(-4901, minutes(12)), a_fact(-4900)])
        assert not said(
            "duplicate_charge", [a_fact(-4900, minutes(12), name="Toolshed"), a_fact(-4900)]
        )
        assert not said("duplicate_charge", [a_fact(-4900, days(2)), a_fact(-4900)])

    def test_is_not_the_second_coffee(self) -> None:
        assert not said("duplicate_charge", [a_fact(-340, minutes(30)), a_fact(-340)])
        assert said("duplicate_charge", [a_fact(-340, minutes(1)), a_fact(-340)])

    def test_is_not_what_is_paid_there_every_other_day(self) -> None:
        usual = [a_fact(-1500, days(each)) for each in (9, 6, 3)]
        assert not said("duplicate_charge", [*usual, a_fact(-1500, minutes(200)), a_fact(-1500)])

    def test_is_undone_by_a_refund_in_between(self) -> None:
        refund = a_fact(4900, minutes(5), kind="refund")
        assert not said("duplicate_charge", [a_fact(-4900, minutes(12)), refund, a_fact(-4900)])

    def test_is_found_again_after_a_refund_of_one_of_two(self) -> None:
        charges = [a_fact(-4900, minutes(each)) for each in (30, 20)]
        refund = a_fact(4900, minutes(10), kind="refund")
        assert said("duplicate_charge", [*charges, refund, a_fact(-4900)])
