import os
import tracemalloc
from collections.abc import Iterator

import pytest

from aws import storage
from aws.sessions import client
from aws.storage import ObjectExists, ObjectMissing
from aws.tests.conftest import BadAws
from aws.tests.declared import BUCKET
from aws.vault import Tampered
from kernel.errors import Unavailable
from kernel.ids import random_id

MB = 1024 * 1024


@pytest.fixture
def key() -> str:
    return f"{random_id('try')}/a file+1%.bin"


def _read(key: str, version: str | None = None) -> bytes:
    return b"".join(storage.get_stream(BUCKET, key, version=version))


def _pieces_of(size: int, piece: int = MB) -> Iterator[bytes]:
    for start in range(0, size, piece):
        yield bytes([start // piece % 251]) * min(piece, size - start)


class TestPutAndGet:
    @pytest.mark.parametrize("size", [0, 1, 8 * MB - 1, 8 * MB, 8 * MB + 1, 16 * MB, 20 * MB + 3])
    def test_give_back_every_byte(self, key: str, size: int) -> None:
        storage.put_stream(BUCKET, key, _pieces_of(size))
        assert _read(key) == b"".join(_pieces_of(size))

    def test_hold_one_part_in_memory(self, key: str) -> None:
        tracemalloc.start()
        storage.put_stream(BUCKET, key, _pieces_of(64 * MB))
        total = sum(len(piece) for piece in storage.get_stream(BUCKET, key))
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert total == 64 * MB
        assert peak < 4 * storage.PART_BYTES

    def test_keep_versions(self, key: str) -> None:
        first = storage.put_stream(BUCKET, key, [b"one"])
        second = storage.put_stream(BUCKET, key, [b"two"])
        assert first != second
        assert (_read(key, first), _read(key, second), _read(key)) == (b"one", b"two", b"two")

    def test_refuse_to_overwrite_where_told_so(self, key: str) -> None:
        storage.put_stream(BUCKET, key, [b"first"], if_none_match=True)
        with pytest.raises(ObjectExists):
            storage.put_stream(BUCKET, key, [b"second"], if_none_match=True)
        with pytest.raises(ObjectExists):
            storage.put_stream(BUCKET, key, _pieces_of(9 * MB), if_none_match=True)
        assert _read(key) == b"first"

    def test_stop_reading_without_harm(self, key: str) -> None:
        storage.put_stream(BUCKET, key, _pieces_of(2 * MB))
        stream = storage.get_stream(BUCKET, key)
        next(stream)
        stream.close()  # type: ignore[attr-defined]
        assert len(_read(key)) == 2 * MB


class TestWhatIsNotThere:
    def test_is_missing_at_once(self, key: str) -> None:
        with pytest.raises(ObjectMissing):
            storage.get_stream(BUCKET, key)
        with pytest.raises(ObjectMissing):
            storage.head(BUCKET, key)

    def test_is_missing_as_a_version(self, key: str) -> None:
        storage.put_stream(BUCKET, key, [b"here"])
        with pytest.raises(ObjectMissing):
            storage.get_stream(BUCKET, key, version="3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY")

    def test_is_missing_after_its_deletion_but_for_its_versions(self, key: str) -> None:
        version = storage.put_stream(BUCKET, key, [b"here"])
        storage.delete(BUCKET, key)
        storage.delete(BUCKET, key)
        with pytest.raises(ObjectMissing):
            storage.get_stream(BUCKET, key)
        assert _read(key, version) == b"here"


class TestHeadAndList:
    def test_tell_what_was_written(self, key: str) -> None:
        version = storage.put_stream(
            BUCKET, key, _pieces_of(9 * MB), metadata={"feed": "hub"}, content_type="text/plain"
        )
        info = storage.head(BUCKET, key)
        assert (info.key, info.version, info.size) == (key, version, 9 * MB)
        assert (info.metadata, info.encryption) == ({"feed": "hub"}, "aws:kms")

    def test_find_all_under_a_prefix(self) -> None:
        prefix = random_id("try")
        for number in range(3):
            storage.put_stream(BUCKET, f"{prefix}/{number}", [b"x" * number])
        found = list(storage.list_objects(BUCKET, f"{prefix}/"))
        assert [(info.key[-1], info.size) for info in found] == [("0", 0), ("1", 1), ("2", 2)]


class TestFailure:
    def test_of_the_source_leaves_nothing(self, key: str) -> None:
        def breaks_off() -> Iterator[bytes]:
            yield from _pieces_of(20 * MB)
            raise OSError("the source broke off")

        with pytest.raises(OSError, match="broke off"):
            storage.put_stream(BUCKET, key, breaks_off())
        uploads = client("s3").list_multipart_uploads(Bucket=BUCKET.physical_name)
        assert [u for u in uploads.get("Uploads", []) if u["Key"] == key] == []
        with pytest.raises(ObjectMissing):
            storage.head(BUCKET, key)

    @pytest.mark.parametrize("answer", [(503, b""), (500, b""), None])
    def test_of_s3_is_unavailable(
        self, bad_aws: BadAws, key: str, answer: tuple[int, bytes] | None
    ) -> None:
        bad_aws(answer)
        with pytest.raises(Unavailable):
            storage.put_stream(BUCKET, key, [b"x"])
        with pytest.raises(Unavailable):
            storage.get_stream(BUCKET, key)

    def test_of_a_checksum_is_noticed(self, key: str) -> None:
        storage.put_stream(BUCKET, key, [b"right"])
        answered = client("s3").meta.events

        def flip(parsed: dict[str, object], **_rest: object) -> None:
            body = parsed["Body"]
            body._expected = b"\0\0\0\0"  # type: ignore[attr-defined]

        answered.register("after-call.s3.GetObject", flip)
        try:
            with pytest.raises(Unavailable):
                _read(key)
        finally:
            answered.unregister("after-call.s3.GetObject", flip)


class TestSealed:
    SUBJECT = "feed:try"

    def test_come_back_for_their_purpose_only(self, key: str) -> None:
        plain = os.urandom(300_000)
        storage.put_sealed(BUCKET, key, [plain], subject=self.SUBJECT, purpose="landing")
        assert b"".join(storage.get_sealed(BUCKET, key, purpose="landing")) == plain
        with pytest.raises(Tampered):
            b"".join(storage.get_sealed(BUCKET, key, purpose="statement"))

    def test_lie_sealed_in_the_bucket(self, key: str) -> None:
        storage.put_sealed(
            BUCKET, key, [b"SHELL KINGS 587 " * 1_000], subject=self.SUBJECT, purpose="landing"
        )
        assert b"SHELL" not in _read(key)
