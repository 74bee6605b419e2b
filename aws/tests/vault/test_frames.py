import tracemalloc
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws.vault import Tampered, is_sealed
from aws.vault.frames import Header, Reader, new_header, open_segments, seal_segments

SECRET = bytes(range(32))
SEGMENT = 16  # small, so that short inputs have many segments
SEALED_SEGMENT = SEGMENT + 16


def seal(chunks: Iterable[bytes], *, purpose: str = "landing", segment: int = SEGMENT) -> bytes:
    header = new_header("feed:hub", 1, segment_bytes=segment)
    return b"".join(seal_segments(SECRET, header, purpose, chunks))


def unseal(chunks: Iterable[bytes], *, purpose: str = "landing", secret: bytes = SECRET) -> bytes:
    reader = Reader(chunks)
    return b"".join(open_segments(secret, reader.header(), purpose, reader))


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    """The data in chunks of these sizes (none among them), the rest in one."""
    for size in sizes:
        yield data[:size]
        data = data[size:]
    yield data


PLAIN = st.binary(max_size=120)
SIZES = st.lists(st.integers(0, 40), max_size=12)


class TestSealedFile:
    @given(PLAIN, SIZES, SIZES)
    def test_opens_however_it_was_cut(
        self, plain: bytes, written: list[int], read: list[int]
    ) -> None:
        assert unseal(cut(seal(cut(plain, written)), read)) == plain

    @pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 31, 32, 33])
    def test_opens_at_the_edges_of_segments(self, size: int) -> None:
        sealed = seal([b"x" * size])
        assert unseal([sealed]) == b"x" * size
        assert unseal([sealed[i : i + 1] for i in range(len(sealed))]) == b"x" * size

    def test_opens_empty_when_nothing_was_written(self) -> None:
        assert unseal([seal([])]) == b""

    @given(PLAIN, st.data())
    def test_is_refused_with_a_bit_flipped(self, plain: bytes, data: st.DataObject) -> None:
        sealed = bytearray(seal([plain]))
        bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
        sealed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Tampered):
            unseal([bytes(sealed)])

    @given(PLAIN, st.data())
    def test_is_refused_when_cut_short(self, plain: bytes, data: st.DataObject) -> None:
        sealed = seal([plain])
        with pytest.raises(Tampered):
            unseal([sealed[: data.draw(st.integers(0, len(sealed) - 1))]])

    def test_is_refused_when_cut_between_segments(self) -> None:
        sealed = seal([b"x" * (3 * SEGMENT)])
        for segments in (1, 2, 3):
            with pytest.raises(Tampered):
                unseal([sealed[: -segments * SEALED_SEGMENT]])

    @given(PLAIN, st.binary(min_size=1, max_size=3 * SEALED_SEGMENT))
    def test_is_refused_with_more_behind_its_end(self, plain: bytes, more: bytes) -> None:
        with pytest.raises(Tampered):
            unseal([seal([plain]), more])

    def test_is_refused_when_segments_change_places(self) -> None:
        sealed = seal([b"a" * SEGMENT, b"b" * SEGMENT, b"c" * SEGMENT])
        body = len(sealed) - 3 * SEALED_SEGMENT
        one, two, three = (
            sealed[body + i * SEALED_SEGMENT : body + (i + 1) * SEALED_SEGMENT] for i in range(3)
        )
        for changed in (two + one + three, one + one + three, one + three, one + three + two):
            with pytest.raises(Tampered):
                unseal([sealed[:body], changed])

    def test_is_refused_with_a_segment_of_another_file(self) -> None:
        one, two = seal([b"a" * 2 * SEGMENT]), seal([b"a" * 2 * SEGMENT])
        with pytest.raises(Tampered):
            unseal([one[:-SEALED_SEGMENT] + two[-SEALED_SEGMENT:]])

    @given(st.text(max_size=20), st.text(max_size=20))
    def test_is_refused_for_another_purpose(self, purpose: str, other: str) -> None:
        if purpose == other:
            return
        with pytest.raises(Tampered):
            unseal([seal([b"x"], purpose=purpose)], purpose=other)

    def test_is_refused_under_another_key(self) -> None:
        with pytest.raises(Tampered):
            unseal([seal([b"x"])], secret=SECRET[::-1])

    @given(st.binary(max_size=200))
    def test_is_told_from_any_other_file(self, anything: bytes) -> None:
        with pytest.raises(Tampered):
            unseal([anything])
        with pytest.raises(Tampered):
            unseal([b"TXS1" + anything])

    def test_is_refused_with_segments_larger_than_a_reader_holds(self) -> None:
        header = Header(subject="s", version=1, salt=bytes(32), segment_bytes=2**31)
        with pytest.raises(Tampered):
            Reader([header.packed()]).header()

    def test_never_looks_the_same_twice(self) -> None:
        assert seal([b"x"]) != seal([b"x"])

    def test_is_recognised_by_its_first_bytes(self) -> None:
        assert is_sealed(seal([b"x"])[:4])
        assert not is_sealed(b"H|1|")
        assert not is_sealed(b"TXS")

    def test_keeps_its_format(self) -> None:
        """Fails when stored files would no longer open: then it needs a new magic."""
        sealed = bytes.fromhex(
            "5458533108666565643a687562000100000010000102030405060708090a0b0c0d0e0f101112"
            "131415161718191a1b1c1d1e1f755425ef6f919e503a3508eeb38a439a710e56cba675886f74"
            "7236ba8e7fe4b5d1661fe6342f353d925e34f075e4e4e262ed4ffab56d16d0ddad7be046261b"
            "8c"
        )
        assert unseal([sealed]) == b"H|1|birmingham_pcard|historical\n"

    def test_takes_bounded_memory_both_ways(self) -> None:
        chunk = bytes(100_000)
        tracemalloc.start()
        try:
            header = new_header("feed:hub", 1)
            sealed = seal_segments(SECRET, header, "landing", (chunk for _ in range(400)))
            reader = Reader(sealed)
            total = sum(map(len, open_segments(SECRET, reader.header(), "landing", reader)))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert total == 40_000_000
        assert peak < 3_000_000
