"""Values come back as they went in."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws.dynamodb.attributes import decode, decode_item, encode, encode_item

SCALARS = st.one_of(
    st.text(), st.integers(-(10**37), 10**37), st.binary(), st.booleans(), st.none()
)
SETS = st.one_of(st.frozensets(st.text(), min_size=1), st.frozensets(st.binary(), min_size=1))
VALUES = st.recursive(
    st.one_of(SCALARS, SETS),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=20,
)


class TestRoundTrip:
    @given(VALUES)
    def test_gives_back_the_same_value(self, value: Any) -> None:
        assert decode(encode(value)) == value

    @settings(max_examples=40)  # they are large
    @given(st.dictionaries(st.text(), VALUES))
    def test_gives_back_the_same_item(self, item: dict[str, Any]) -> None:
        assert decode_item(encode_item(item)) == item


class TestWhatDynamoDbCannotKeep:
    @pytest.mark.parametrize("value", [1.5, frozenset(), frozenset({"a", b"b"}), object()])
    def test_is_refused(self, value: Any) -> None:
        with pytest.raises(TypeError):
            encode(value)
