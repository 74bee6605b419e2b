"""First payment in a country."""

from alerts.tests.facts import a_fact, days, said


class TestFirstInCountry:
    def test_is_told_once(self) -> None:
        at_home = a_fact(-500, days(90))
        first = a_fact(-900, days(1), country="ES", name="Bar La Gaviota")
        assert said("first_in_country", [at_home, first]) == (
            "Your first payment in this country (ES): £9.00 to Bar La Gaviota on 19 June 2026."
        )
        assert not said("first_in_country", [at_home, first, a_fact(-900, country="ES")])

    def test_is_not_the_first_of_a_new_account(self) -> None:
        assert not said("first_in_country", [a_fact(-500, days(9)), a_fact(-900, country="ES")])

    def test_is_not_money_from_there(self) -> None:
        refund = a_fact(900, country="ES", kind="refund")
        assert not said("first_in_country", [a_fact(-500, days(90)), refund])
