"""Cursors cannot be made up, changed, or taken to another list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws.dynamodb import BadCursor, decode_cursor, encode_cursor

KEY = b"k" * 32


class TestCursor:
    @given(st.lists(st.text(st.characters(codec="utf-8")), max_size=3))
    def test_comes_back(self, position: list[str]) -> None:
        cursor = encode_cursor(KEY, "list", position)
        assert decode_cursor(KEY, "list", cursor) == position

    def test_is_good_for_its_own_list_only(self) -> None:
        cursor = encode_cursor(KEY, "list", ["2018", "x"])
        with pytest.raises(BadCursor):
            decode_cursor(KEY, "other list", cursor)

    @given(st.text(max_size=60))
    def test_cannot_be_made_up(self, text: str) -> None:
        with pytest.raises(BadCursor):
            decode_cursor(KEY, "list", text)

    @given(st.integers(0, 30), st.integers(1, 255))
    def test_cannot_be_changed(self, at: int, flip: int) -> None:
        cursor = encode_cursor(KEY, "list", ["2018", "abc"])
        changed = cursor[:at] + chr(ord("A") + flip % 26) + cursor[at + 1 :]
        if changed != cursor:
            with pytest.raises(BadCursor):
                decode_cursor(KEY, "list", changed)
