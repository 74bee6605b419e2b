"""The addresses of a list, and what is said about it."""

from datetime import date

import pytest

from txhub.web import listing


class TestAddress:
    def test_keeps_the_filters_and_drops_the_place(self) -> None:
        query = {"q": "a&b", "status": "", "cursor": "xyz", "rows": "60", "after": "2026-11"}
        assert listing.address(query) == "?q=a%26b"
        assert listing.address(query, cursor="next") == "?q=a%26b&cursor=next"

    def test_is_the_page_itself_without_filters(self) -> None:
        assert listing.address({}) == "./"
        assert listing.address({"q": "tea"}, q=None) == "./"


class TestGrown:
    def test_adds_a_helping(self) -> None:
        assert listing.grown("/accounts/a/?q=tea") == "/accounts/a/?q=tea&rows=60"
        assert listing.grown("/accounts/a/?rows=60") == "/accounts/a/?rows=90"

    def test_keeps_where_the_list_begins(self) -> None:
        assert listing.grown("/accounts/a/?cursor=c") == "/accounts/a/?cursor=c&rows=60"

    def test_ends_where_a_page_would_grow_too_large(self) -> None:
        assert listing.grown(f"/accounts/a/?rows={listing.ROWS_MAX}") is None


class TestRowsWanted:
    @pytest.mark.parametrize(
        ("text", "rows"),
        [("", 30), ("60", 60), ("1", 30), ("9999", 180), ("-60", 30), ("x", 30), ("²", 30)],
    )
    def test_stays_within_bounds(self, text: str, rows: int) -> None:
        assert listing.rows_wanted({"rows": text}) == rows


class TestChips:
    def test_say_each_filter_and_how_to_lose_it(self) -> None:
        query = {"q": "tea", "min_amount": "10"}
        chips = listing.chips_of({"q": "tea", "min_amount": 1000}, query, "GBP")
        assert [(chip.label, chip.without) for chip in chips] == [
            ("“tea”", "?min_amount=10"),
            ("At least £10.00", "?q=tea"),
        ]

    def test_are_none_where_nothing_is_filtered(self) -> None:
        assert listing.chips_of({"q": "", "from": None, "status": ""}, {}, "GBP") == []

    def test_do_not_forget_an_amount_of_zero(self) -> None:
        assert [c.label for c in listing.chips_of({"max_amount": 0}, {}, "GBP")] == [
            "At most £0.00"
        ]

    def test_write_days_and_status_out(self) -> None:
        chosen = {"from": date(2026, 3, 1), "status": "pending", "category": "Fuel"}
        labels = [chip.label for chip in listing.chips_of(chosen, {}, "GBP")]
        assert labels == ["Only pending", "Fuel", "From 1 Mar 2026"]


class TestTally:
    @pytest.mark.parametrize(
        ("count", "flags", "said"),
        [
            (0, "", ""),
            (0, "filtered", "Nothing found"),
            (0, "filtered more short", "Nothing found yet"),
            (1, "", "1 transaction"),
            (30, "more", "The newest 30 transactions"),
            (2, "filtered", "2 transactions found"),
            (9, "filtered more short", "9 found so far"),
            (30, "older more", "30 older transactions, with more to come"),
        ],
    )
    def test_says_how_much_there_is(self, count: int, flags: str, said: str) -> None:
        on = {name: name in flags for name in ("more", "filtered", "older", "short")}
        assert listing.tally(count, **on) == said

    def test_says_what_came_in_below(self) -> None:
        assert listing.tally_appended(30, more=True) == "30 more transactions below"
        assert listing.tally_appended(0, more=True) == "Nothing more found so far"
        assert listing.tally_appended(0, more=False) == "Nothing more found"
