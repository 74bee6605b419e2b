"""An object of S3 as a file that can be read here and there, without fetching all of it."""

import io
from typing import Any

from aws.errors import translated
from aws.resources import Bucket
from aws.sessions import client
from aws.storage import found

_AHEAD_BYTES = 512 * 1024


class RangedObject(io.RawIOBase):
    """Reads ranges of one version of an object, somewhat more than it is asked for.

    `size` is the object's. What is read is not checked against the object's checksum, so the
    content must have checks of its own. Raises `ObjectMissing` and `Unavailable` when it is read.
    """

    def __init__(self, bucket: Bucket, key: str, *, size: int, version: str) -> None:
        super().__init__()
        self._bucket, self._key, self._size, self._version = bucket, key, size, version
        self._position = self._block_at = 0
        self._block = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = base + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        end = self._size if size < 0 else min(self._size, self._position + size)
        begin = self._position
        if begin >= end:
            return b""
        if begin < self._block_at or end > self._block_at + len(self._block):
            self._fetch(begin, end)
        self._position = end
        return self._block[begin - self._block_at : end - self._block_at]

    def _fetch(self, begin: int, end: int) -> None:
        """A short object, or its end, at one go: whoever reads the end goes on before it."""
        first = max(0, min(begin, self._size - _AHEAD_BYTES))
        last = min(self._size, max(end, begin + _AHEAD_BYTES)) - 1
        with found(self._bucket), translated():
            answer: dict[str, Any] = client("s3").get_object(
                Bucket=self._bucket.physical_name,
                Key=self._key,
                VersionId=self._version,
                Range=f"bytes={first}-{last}",
            )
            self._block_at, self._block = _began(answer), answer["Body"].read()


def _began(answer: dict[str, Any]) -> int:
    """Where what came begins: a server may send the whole instead (RFC 9110, section 14.2), as the
    embedded engine does where a version is asked for."""
    said = answer.get("ContentRange", "bytes 0-")
    return int(said.removeprefix("bytes ").partition("-")[0])
