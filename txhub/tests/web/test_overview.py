"""The accounts overview."""

from kernel.money import Money
from txhub.tests.web.samples import an_account, pounds
from txhub.web import overview


class TestGroups:
    def test_are_by_type_and_by_name(self) -> None:
        accounts = [
            an_account("Yen", type="vault"),
            an_account("savings", type="savings"),
            an_account("b"),
            an_account("A"),
        ]
        groups = overview.groups_of(accounts)
        assert [(group.name, [each.name for each in group.accounts]) for group in groups] == [
            ("Current accounts", ["A", "b"]),
            ("Savings", ["savings"]),
            ("Other accounts", ["Yen"]),
        ]

    def test_add_up_where_all_have_a_balance_in_one_currency(self) -> None:
        (group,) = overview.groups_of([an_account("a", pounds(100)), an_account("b", pounds(-30))])
        assert group.total == pounds(70)

    def test_add_up_neither_currencies_nor_unknowns(self) -> None:
        euros = an_account("b", Money(100, "EUR"))
        for other in (euros, an_account("c")):
            (group,) = overview.groups_of([an_account("a", pounds(100)), other])
            assert group.total is None

    def test_do_not_repeat_a_single_balance(self) -> None:
        assert overview.groups_of([an_account("a", pounds(100))])[0].total is None


class TestFoundAmong:
    def test_looks_at_names_and_last_digits_only(self) -> None:
        accounts = [an_account("House", number="40275770"), an_account("Car", number="40271655")]
        assert [each.name for each in overview.found_among(accounts, " hou ")] == ["House"]
        assert [each.name for each in overview.found_among(accounts, "1655")] == ["Car"]
        assert overview.found_among(accounts, "4027") == []
        assert len(overview.found_among(accounts, "")) == 2


class TestTypeName:
    def test_has_a_word_for_types_it_does_not_know(self) -> None:
        assert overview.type_name(an_account()) == "Current account"
        assert overview.type_name(an_account(type="vault")) == "Vault"
