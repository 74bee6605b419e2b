"""A recurring charge went up."""

from alerts.tests.facts import a_fact, days, said


class TestPriceIncrease:
    def test_is_more_than_the_same_price_before(self) -> None:
        before = [a_fact(-999, days(each), name="Tunefold") for each in (91, 61, 30)]
        assert said("price_increase", [*before, a_fact(-1199, name="Tunefold")]) == (
            "Your monthly charge from Tunefold went up to £11.99 on 20 June 2026; the last was"
            " £9.99 on 21 May 2026."
        )

    def test_is_not_a_price_that_stays_or_falls(self) -> None:
        before = [a_fact(-999, days(each)) for each in (91, 61, 30)]
        assert not said("price_increase", [*before, a_fact(-999)])
        assert not said("price_increase", [*before, a_fact(-899)])

    def test_is_not_a_bill_that_varies(self) -> None:
        before = [a_fact(-minor, days(ago)) for minor, ago in ((700, 91), (900, 61), (800, 30))]
        assert not said("price_increase", [*before, a_fact(-1000)])

    def test_is_not_another_purchase_in_between(self) -> None:
        before = [a_fact(-999, days(each)) for each in (91, 61, 30)]
        assert not said("price_increase", [*before, a_fact(-1199, days(17))])
