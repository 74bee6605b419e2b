"""Ids are opaque, and the same for the same thing."""

from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import is_opaque, keyed_id, random_id

PARTS = st.lists(st.text(max_size=8), max_size=4).map(tuple)


class TestKeyedId:
    @given(PARTS, PARTS)
    def test_is_the_same_for_the_same_parts_only(
        self, one: tuple[str, ...], other: tuple[str, ...]
    ) -> None:
        same = keyed_id("txn", b"k" * 32, *one) == keyed_id("txn", b"k" * 32, *other)
        assert same is (one == other)

    def test_differs_by_key(self) -> None:
        assert keyed_id("acc", b"a" * 32, "1") != keyed_id("acc", b"b" * 32, "1")

    @given(PARTS)
    def test_looks_like_an_id(self, parts: tuple[str, ...]) -> None:
        assert is_opaque(keyed_id("txn", b"k" * 32, *parts))


class TestIsOpaque:
    def test_knows_a_random_id_from_an_account_number(self) -> None:
        assert is_opaque(random_id("acc"))
        assert not is_opaque("GB33BUKB20201555555555")
