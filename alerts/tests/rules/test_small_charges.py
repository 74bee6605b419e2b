"""Several small payments in a row."""

from alerts.tests.facts import a_fact, minutes, said


class TestSmallCharges:
    def test_are_told_when_there_are_enough(self) -> None:
        row = [a_fact(-100, minutes(each), name=f"Shop {each}") for each in (12, 9, 4)]
        assert said("small_charges", row) == (
            "3 small card payments within 8 minutes on 20 June 2026, £3.00 in all, the last to"
            " Shop 4."
        )

    def test_are_told_once(self) -> None:
        assert not said("small_charges", [a_fact(-100, minutes(each)) for each in (12, 9, 4, 1)])

    def test_are_not_far_apart(self) -> None:
        assert not said("small_charges", [a_fact(-100, minutes(each)) for each in (120, 61, 0)])

    def test_are_not_fares(self) -> None:
        fares = [a_fact(-175, minutes(each), mcc="4111") for each in (12, 9, 4)]
        assert not said("small_charges", fares)
