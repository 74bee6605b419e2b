"""Bill higher than usual."""

from alerts.domain.facts import Fact
from alerts.tests.facts import a_fact, days, said


def a_bill(minor: int, ago: float = 0) -> Fact:
    return a_fact(minor, days(ago), name="Lumen Energy", mcc="", kind="payment")


BEFORE = [a_bill(-8000, 91), a_bill(-8400, 61), a_bill(-8200, 30)]


class TestBillHigher:
    def test_is_far_above_the_usual(self) -> None:
        assert said("bill_higher", [*BEFORE, a_bill(-12_300)]) == (
            "Your bill from Lumen Energy on 20 June 2026 is £123.00, 50 % more than the usual"
            " £82.00."
        )

    def test_is_not_a_little_more(self) -> None:
        assert not said("bill_higher", [*BEFORE, a_bill(-9_000)])

    def test_is_not_as_high_as_it_once_was(self) -> None:
        assert not said("bill_higher", [a_bill(-13_000, 121), *BEFORE, a_bill(-12_300)])

    def test_needs_regular_bills(self) -> None:
        assert not said("bill_higher", [*BEFORE, a_bill(-12_300, 15)])
