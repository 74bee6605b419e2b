import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txhub.domain.pan import display_number, mask_pans, passes_luhn, unmasked

VISA = "4111111111111111"


def with_check_digit(body: str) -> str:
    return next(body + digit for digit in "0123456789" if passes_luhn(body + digit))


cards = st.text("0123456789", min_size=12, max_size=18).map(with_check_digit)
plain_text = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=20)


class TestPassesLuhn:
    @pytest.mark.parametrize("number", ["4111111111111111", "378282246310005", "6011000990139424"])
    def test_accepts_the_schemes_test_numbers(self, number: str) -> None:
        assert passes_luhn(number)

    def test_refuses_a_wrong_check_digit(self) -> None:
        assert not passes_luhn("4111111111111112")


class TestMaskPans:
    @pytest.mark.parametrize(
        ("text", "masked"),
        [
            ("4111111111111111", "****1111"),
            ("CARD 4111 1111 1111 1111 EXP 12/27", "CARD ****1111 EXP 12/27"),
            ("4111-1111-1111-1111", "****1111"),
            ("4111 - 1111 - 1111 - 1111", "****1111"),
            ("4111.1111.1111.1111", "****1111"),
            ("4111\u00a01111\u00a01111\u00a01111", "****1111"),
            ("amex 3782 822463 10005", "amex ****0005"),
            ("20260131 4111111111111111 000123", "20260131 ****1111 000123"),
            ("4111111111111111 5555555555554444", "****1111 ****4444"),
            ("REF4111111111111111X", "REF****1111X"),
            ("000000004111111111111111", "00000000****1111"),  # padded to 24 digits
            ("41111111111111111227", "****11111227"),  # an expiry date glued to it
        ],
    )
    def test_masks_a_card_number_however_it_is_written(self, text: str, masked: str) -> None:
        assert mask_pans(text) == masked

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Corner Pantry 6119",
            "4111111111111112",
            "+44 20 7946 0018",
            "2026-01-31 12:30:00",
            "REF 255223496084-1",
            "4111 1111 1111 1111"[:-1] + "2",
        ],
    )
    def test_leaves_other_text_alone(self, text: str) -> None:
        assert mask_pans(text) == text

    @given(plain_text, cards, plain_text)
    def test_never_leaves_more_than_four_digits_of_a_card(
        self, before: str, card: str, after: str
    ) -> None:
        masked = mask_pans(f"{before}{card}{after}")
        assert card not in masked
        assert re.sub(r"[^0-9]", "", masked) in (card[-4:], "")

    @given(cards, st.sampled_from([" ", "-", ".", " - ", "\u2013"]), st.integers(2, 6))
    def test_masks_groups_of_any_size(self, card: str, separator: str, size: int) -> None:
        groups = separator.join(card[at : at + size] for at in range(0, len(card), size))
        assert len(re.sub(r"\D", "", mask_pans(f"to {groups} now"))) <= 4

    @given(st.text("0123456789 -.*|x", max_size=80))
    def test_changes_nothing_the_second_time(self, text: str) -> None:
        assert mask_pans(mask_pans(text)) == mask_pans(text)

    @given(st.text("012 -x", max_size=60))
    def test_only_ever_removes_digits_and_separators(self, text: str) -> None:
        masked = mask_pans(text)
        assert masked == text or "****" in masked


class TestDisplayNumber:
    def test_keeps_the_last_four_of_a_card(self) -> None:
        assert display_number("4111 1111 1111 1111") == "****1111"

    @pytest.mark.parametrize("number", ["20406080", "CA00239682", "************5770"])
    def test_leaves_an_account_number_alone(self, number: str) -> None:
        assert display_number(number) == number

    def test_leaves_a_valid_iban_whole(self) -> None:
        assert display_number("GB33 BUKB 2020 1555 5555 55") == "GB33 BUKB 2020 1555 5555 55"

    def test_masks_what_only_looks_like_an_iban(self) -> None:
        assert display_number(f"XX00{VISA}") == "XX****1111"


class TestUnmasked:
    CARD = "4539578763621486"

    @given(st.text("0123456789 -,|x", max_size=80), cards, cards)
    def test_undoes_masking(self, text: str, one: str, two: str) -> None:
        for original in (text, f"{one},{text},{two}", f"{text} {one}|{one} {two}"):
            assert unmasked(mask_pans(original), original) == original

    @given(plain_text, cards, cards)
    def test_finds_the_cards_in_a_corrected_row(self, text: str, one: str, two: str) -> None:
        row = f"{one},{text},{two}"
        assert unmasked(f"CORRECTED,{mask_pans(row)}", row) == f"CORRECTED,{row}"

    def test_leaves_what_was_changed_as_it_is(self) -> None:
        assert unmasked("12.00,****1486,y", f"12.OO,{self.CARD},x") == f"12.00,{self.CARD},y"
        assert unmasked("nothing of it", self.CARD) == "nothing of it"

    def test_is_not_misled_by_what_the_sender_masked(self) -> None:
        original = f"{self.CARD},PURCHASE WITH ****1486"
        assert unmasked(mask_pans(original), original).startswith(self.CARD)
