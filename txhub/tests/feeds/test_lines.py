import gzip
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txhub.feeds.lines import (
    FeedDamaged,
    FeedEmpty,
    FeedTruncated,
    LineTooLong,
    WrongEncoding,
    blocks,
)


def text_of(*chunks: bytes, encoding: str = "utf-8") -> str:
    return "".join(block.text for block in blocks(chunks, encoding))


class TestBlocks:
    @given(st.text(min_size=1).filter(str.strip), st.integers(1, 7))
    def test_give_the_text_however_it_is_cut_into_chunks(self, text: str, size: int) -> None:
        data = text.encode()
        chunks = [data[at : at + size] for at in range(0, len(data), size)]
        assert text_of(*chunks) == text.removeprefix("\ufeff")

    @given(st.lists(st.text("ab\n", min_size=1), min_size=1).filter(lambda all: any("".join(all))))
    def test_number_their_first_lines(self, texts: list[str]) -> None:
        whole = "x" + "".join(texts)
        seen = 1
        for block in blocks([piece.encode() for piece in ["x", *texts]], "utf-8"):
            assert block.first_line == seen
            seen += block.text.count("\n")
        assert seen == 1 + whole.count("\n")

    def test_unpack_gzip_that_is_recognised_by_its_first_bytes(self) -> None:
        packed = gzip.compress(b"one\ntwo\n")
        assert text_of(packed[:1], packed[1:2], packed[2:]) == "one\ntwo\n"

    def test_unpack_several_gzip_members_and_the_padding_of_tapes(self) -> None:
        assert text_of(gzip.compress(b"a\n") + gzip.compress(b"b\n") + bytes(512)) == "a\nb\n"

    def test_unpack_what_packs_well_to_its_last_byte(self) -> None:
        zeros = b"0" * 99 + b"\n"
        assert len(text_of(gzip.compress(zeros * 50_000))) == 5_000_000

    def test_take_off_a_byte_order_mark(self) -> None:
        assert text_of(b"\xef\xbb\xbfid\n") == "id\n"


class TestFaultsOfTheFile:
    @pytest.mark.parametrize("data", [b"", b"\n\n", b" \r\n", gzip.compress(b"", mtime=0)])
    def test_an_empty_file_is_refused(self, data: bytes) -> None:
        with pytest.raises(FeedEmpty):
            text_of(data)

    @pytest.mark.parametrize("cut", [3, 20, -9, -1])
    def test_a_truncated_gzip_is_refused(self, cut: int) -> None:
        with pytest.raises(FeedTruncated):
            text_of(gzip.compress(b"one,two\n" * 1000)[:cut])

    def test_a_damaged_gzip_is_refused(self) -> None:
        packed = bytearray(gzip.compress(b"one,two\n" * 1000))
        packed[-6] ^= 1  # in the checksum
        with pytest.raises(FeedDamaged):
            text_of(bytes(packed))

    def test_a_wrong_encoding_names_line_and_byte(self) -> None:
        with pytest.raises(WrongEncoding, match=r"line 3, byte 4 \(0xE9\) is not utf-8"):
            text_of(b"one\ntwo\nCaf\xe9\n")

    def test_a_wrong_encoding_is_counted_from_the_file_and_not_the_block(self) -> None:
        with pytest.raises(WrongEncoding, match="line 3, byte 1 "):
            text_of(b"one\n", b"two\n", b"\xff\n")

    def test_utf_16_is_named(self) -> None:
        with pytest.raises(WrongEncoding, match="UTF-16"):
            text_of("id\n".encode("utf-16"))

    def test_utf_8_under_a_one_byte_encoding_is_noticed_by_its_mark(self) -> None:
        with pytest.raises(WrongEncoding, match="UTF-8"):
            text_of(b"\xef\xbb\xbfid\n", encoding="cp1252")

    def test_a_line_of_100_mb_is_refused_without_being_held(self) -> None:
        def endless() -> Iterator[bytes]:
            yield b"short\n"
            for _ in range(1600):
                yield b"x" * 65_536

        tracemalloc.start()
        with pytest.raises(LineTooLong, match="line 2 "):
            list(blocks(endless(), "utf-8"))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 8_000_000

    def test_a_gzip_bomb_of_one_line_is_refused_without_being_held(self) -> None:
        packed = gzip.compress(b"x" * 100_000_000)
        tracemalloc.start()
        with pytest.raises(LineTooLong):
            text_of(packed)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 8_000_000

    def test_a_line_that_just_fits_is_read(self) -> None:
        assert len(text_of(b"x" * 1_000_000 + b"\n")) == 1_000_001
