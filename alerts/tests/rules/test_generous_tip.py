"""Unusually generous tip."""

from alerts.domain.facts import Fact
from alerts.tests.facts import a_fact, days, said


def a_bill(authorised: int, posted: int, ago: float = 0, **values: str) -> Fact:
    return a_fact(
        -posted, days(ago), name="Saffron Yard", authorised=-authorised,
        **{"mcc": "5812", **values},
    )  # fmt: skip


class TestGenerousTip:
    def test_is_far_above_the_bill(self) -> None:
        assert said("generous_tip", [a_bill(4000, 6000)]) == (
            "Saffron Yard added £20.00 (50 %) to your bill of £40.00 on 20 June 2026,"
            " £60.00 in all."
        )

    def test_is_not_a_usual_one(self) -> None:
        assert not said("generous_tip", [a_bill(4000, 4500)])

    def test_is_above_the_customers_own_habit(self) -> None:
        habit = [a_bill(4000, 4200, ago) for ago in (40, 30, 20, 10)]
        reason = said("generous_tip", [*habit, a_bill(4000, 4800)])
        assert reason
        assert reason.endswith("You usually add 5 %.")

    def test_is_not_what_a_pump_or_a_hotel_adds_to_its_estimate(self) -> None:
        assert not said("generous_tip", [a_bill(100, 6000, mcc="5542")])
        assert not said("generous_tip", [a_bill(10_000, 20_000, mcc="7011")])

    def test_is_as_large_as_the_customer_says(self) -> None:
        assert said("generous_tip", [a_bill(4000, 4800)], percent=18)
