"""Fee or interest charged."""

from alerts.tests.facts import a_fact, said


class TestFeeCharged:
    def test_is_told(self) -> None:
        assert said("fee_charged", [a_fact(-1200, kind="fee", name="Service fee")]) == (
            "A fee of £12.00 was charged on 20 June 2026: Service fee."
        )
        assert said("fee_charged", [a_fact(-1200, kind="interest")])

    def test_is_not_interest_that_is_paid_in(self) -> None:
        assert not said("fee_charged", [a_fact(1200, kind="interest")])
