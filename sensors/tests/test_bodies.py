"""Bodies are read in pieces, and never more than is allowed."""

import gzip
import tracemalloc
import zlib
from io import BytesIO

import pytest
from django.test import RequestFactory

from kernel.errors import Refused
from sensors.api.bodies import (
    PLAIN_BYTES_MAX,
    SENT_BYTES_MAX,
    BadBody,
    BodyTooLarge,
    UnknownEncoding,
    read_body,
)


def _read(body: bytes, encoding: str | None = "gzip") -> bytes:
    headers = {"Content-Encoding": encoding} if encoding else {}
    request = RequestFactory().post("/", body, content_type="text/plain", headers=headers)
    return read_body(request)


class TestReadingABody:
    @pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 1_000_000])
    def test_gives_back_what_was_sent(self, size: int) -> None:
        body = bytes(range(256)) * (size // 256 + 1)
        assert _read(body[:size], None) == body[:size]
        assert _read(gzip.compress(body[:size])) == body[:size]
        assert _read(gzip.compress(b"x" * size)) == b"x" * size

    def test_reads_all_members_of_a_gzip_file(self) -> None:
        assert _read(gzip.compress(b"one, ") + gzip.compress(b"two")) == b"one, two"

    def test_reads_a_body_without_a_length(self) -> None:
        request = RequestFactory().post("/", b"", content_type="text/plain")
        request.META["HTTP_TRANSFER_ENCODING"] = "chunked"
        request.META["wsgi.input"] = BytesIO(b"m value=1 5")
        assert read_body(request) == b"m value=1 5"

    @pytest.mark.parametrize(
        "body",
        [b"not gzip", gzip.compress(b"cut" * 1000)[:-9], gzip.compress(b"x") + b"junk"],
        ids=["not gzip", "cut short", "junk behind"],
    )
    def test_refuses_what_is_no_gzip_file(self, body: bytes) -> None:
        with pytest.raises(BadBody):
            _read(body)

    def test_refuses_other_encodings(self) -> None:
        with pytest.raises(UnknownEncoding):
            _read(zlib.compress(b"x"), "deflate")

    def test_refuses_what_is_too_large(self) -> None:
        assert len(_read(b"x" * SENT_BYTES_MAX, None)) == SENT_BYTES_MAX
        with pytest.raises(BodyTooLarge):
            _read(b"x" * (SENT_BYTES_MAX + 1), None)

    def test_survives_a_gzip_bomb(self) -> None:
        bomb = gzip.compress(b"\0" * 500_000_000)
        assert len(bomb) < 1_000_000
        tracemalloc.start()
        with pytest.raises(Refused) as refused:
            _read(bomb)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert refused.value.code == "body_too_large"
        assert peak < 2.5 * PLAIN_BYTES_MAX
