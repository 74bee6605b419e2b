"""An object that is read here and there."""

import io
from collections.abc import Callable
from functools import partial
from secrets import token_hex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws.ranged import _AHEAD_BYTES, RangedObject
from aws.storage import put_stream
from aws.tests.declared import BUCKET

CONTENT = b"".join(number.to_bytes(4, "big") for number in range(_AHEAD_BYTES // 2))  # two blocks
PLACES = st.integers(0, len(CONTENT))


@pytest.fixture(scope="module")
def opened() -> Callable[[], RangedObject]:
    """Opens it anew."""
    key = token_hex(8)
    version = put_stream(BUCKET, key, [CONTENT])
    return partial(RangedObject, BUCKET, key, size=len(CONTENT), version=version)


class TestAnObject:
    @settings(max_examples=40)
    @given(reads=st.lists(st.tuples(PLACES, PLACES), min_size=1, max_size=8))
    def test_reads_as_a_file_of_the_same_bytes(
        self, opened: Callable[[], RangedObject], reads: list[tuple[int, int]]
    ) -> None:
        ours, file = opened(), io.BytesIO(CONTENT)
        for place, size in reads:
            assert ours.seek(place) == file.seek(place)
            assert ours.read(size) == file.read(size)
            assert ours.tell() == file.tell()

    def test_is_read_from_its_end_first(self, opened: Callable[[], RangedObject]) -> None:
        ours = opened()
        ours.seek(-8, io.SEEK_END)
        assert ours.read() == CONTENT[-8:]
        ours.seek(0)
        assert ours.read(8) == CONTENT[:8]
