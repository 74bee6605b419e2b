"""One merchant behind two spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txhub.domain.matching.merchants import Likeness, likeness, merchant_name


def alike(one: str, other: str) -> Likeness:
    return likeness(merchant_name(one), merchant_name(other))


class TestLikeness:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Corner Coffee", "CORNER COFFEE LTD"),
            ("Café Zoë", "CAFE ZOE"),
            ("MARLOW'S", "MARLOWS"),
            ("www.paper-weight.co.uk", "PAPER WEIGHT"),
            ("SQ *BEAN AND LADDER", "Bean & Ladder"),
            ("PAYPAL *TOOLSHED", "toolshed"),
        ],
    )
    def test_is_the_same_but_for_noise(self, one: str, other: str) -> None:
        assert alike(one, other) is Likeness.SAME

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("PIZZERIA QUATTRO VENTI", "PIZZERIA QUATTRO V"),
            ("HARVEST LANE 4471", "HARVEST LANE  LEEDS GB"),
            ("GREENBASKET MARKETPLACE", "GRNBSKT MKTPLC"),
            ("Toolshed Direct", "TOOLSHEDDIR.COM"),
        ],
    )
    def test_knows_a_name_that_was_cut_or_shortened(self, one: str, other: str) -> None:
        assert alike(one, other) is Likeness.LIKE

    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("PREMIER LODGE", "PREMIER ELECTRICAL", Likeness.RELATED),
            ("CORNER COFFEE LEEDS", "OAK AND HINGE LEEDS", Likeness.UNLIKE),
            ("CORNER COFFEE", "", Likeness.UNKNOWN),
        ],
    )
    def test_is_not_taken_in_by_a_shared_word(
        self, one: str, other: str, expected: Likeness
    ) -> None:
        assert alike(one, other) is expected

    @given(st.text(max_size=40), st.text(max_size=40))
    def test_is_the_same_both_ways_round(self, one: str, other: str) -> None:
        assert alike(one, other) is alike(other, one)

    @given(st.text(max_size=40))
    def test_finds_every_name_like_itself(self, name: str) -> None:
        assert alike(name, name) in (Likeness.SAME, Likeness.UNKNOWN)
