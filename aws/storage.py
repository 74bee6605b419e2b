"""Objects in S3: written and read as streams, in bounded memory, with S3's own checksums.

What a file carries is sealed before it leaves the process: `put_sealed` and `get_sealed`. The
plain `put_stream` and `get_stream` are for what is sealed already, or holds nothing personal.
All functions raise `Unavailable` when S3 throttles or does not answer.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from aws.errors import translated
from aws.resources import Bucket
from aws.sessions import client
from aws.vault import vault
from kernel.errors import Conflict, HubError, Missing

# An upload holds one part in memory. S3 takes 10,000 parts: 80 GB.
PART_BYTES = 8 * 1024 * 1024
READ_BYTES = 256 * 1024
_BINARY = "application/octet-stream"


class ObjectMissing(Missing):
    """There is no such object, or no such version of it."""

    code = "object_missing"


class ObjectExists(Conflict):
    """There is an object under this key already."""

    code = "object_exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectInfo:
    """What S3 says about an object. `encryption`: `aws:kms`, `AES256` or None.

    A listing knows key, size, etag and modified only.
    """

    key: str
    size: int
    etag: str
    modified: datetime
    version: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    encryption: str | None = None


def put_stream(
    bucket: Bucket,
    key: str,
    chunks: Iterable[bytes],
    *,
    metadata: Mapping[str, str] | None = None,
    content_type: str = _BINARY,
    if_none_match: bool = False,
) -> str:
    """Writes an object; returns its version id.

    `metadata`: ASCII, stored and logged in the clear by S3. `if_none_match`: raises `ObjectExists`
    where an object stands there already. Nothing is left behind when `chunks` or S3 fails.
    """
    parts = _parts(chunks)
    begun = list(islice(parts, 2))
    target = {"Bucket": bucket.physical_name, "Key": key}
    about = {"Metadata": dict(metadata or {}), "ContentType": content_type}
    condition = {"IfNoneMatch": "*"} if if_none_match else {}
    try:
        if len(begun) < 2:
            answer = _put_whole(b"".join(begun), {**target, **about, **condition})
        else:
            answer = _put_in_parts(_drained(begun, parts), target, about, condition)
    except Conflict as conflict:
        raise ObjectExists(f"{bucket.name}: an object stands under this key") from conflict
    return str(answer.get("VersionId", "null"))


def get_stream(bucket: Bucket, key: str, *, version: str | None = None) -> Iterator[bytes]:
    """The object's bytes in pieces of up to 256 KB; its checksum is verified at the end.

    Raises `ObjectMissing` at once. `Unavailable` may come at any piece: read it all again.
    """
    with found(bucket):
        answer = client("s3").get_object(
            Bucket=bucket.physical_name, Key=key, ChecksumMode="ENABLED", **_version(version)
        )
    return _pieces(answer["Body"])


def head(bucket: Bucket, key: str, version: str | None = None) -> ObjectInfo:
    """What S3 knows about an object. Raises `ObjectMissing`."""
    with found(bucket):
        answer = client("s3").head_object(Bucket=bucket.physical_name, Key=key, **_version(version))
    return ObjectInfo(
        key=key,
        size=answer["ContentLength"],
        etag=answer["ETag"],
        modified=answer["LastModified"],
        version=answer.get("VersionId"),
        metadata=answer.get("Metadata", {}),
        encryption=answer.get("ServerSideEncryption"),
    )


def list_objects(bucket: Bucket, prefix: str = "") -> Iterator[ObjectInfo]:
    """All objects whose keys start with `prefix`, by key; 1,000 a call."""
    pages = client("s3").get_paginator("list_objects_v2")
    with translated():
        for page in pages.paginate(Bucket=bucket.physical_name, Prefix=prefix):
            yield from map(_listed, page.get("Contents", ()))


def delete(bucket: Bucket, key: str, version: str | None = None) -> None:
    """Deletes the object (a marker, in a versioned bucket), or one version for good.

    Deleting what is not there is no error.
    """
    with translated():
        client("s3").delete_object(Bucket=bucket.physical_name, Key=key, **_version(version))


def put_sealed(
    bucket: Bucket,
    key: str,
    plain_chunks: Iterable[bytes],
    *,
    subject: str,
    purpose: str,
    metadata: Mapping[str, str] | None = None,
    if_none_match: bool = False,
) -> str:
    """Seals while it writes, under the subject's key; returns the version id.

    The object opens for the same `purpose` only. Raises `KeyDestroyed` and as `put_stream`.
    """
    sealed = vault().seal_stream(subject, purpose, plain_chunks)
    return put_stream(bucket, key, sealed, metadata=metadata, if_none_match=if_none_match)


def get_sealed(
    bucket: Bucket, key: str, *, purpose: str, version: str | None = None
) -> Iterator[bytes]:
    """The plain bytes. Raises `Tampered` at any piece: only a stream that ends is whole."""
    return vault().open_stream(purpose, get_stream(bucket, key, version=version))


def _put_whole(body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
    with translated():
        answer: dict[str, Any] = client("s3").put_object(
            Body=body, ChecksumAlgorithm="CRC32", **parameters
        )
    return answer


def _put_in_parts(
    parts: Iterable[bytes],
    target: dict[str, str],
    about: dict[str, Any],
    condition: dict[str, str],
) -> dict[str, Any]:
    s3 = client("s3")
    # S3 checks each part as it arrives, and makes one checksum of theirs that readers can verify.
    checksum = {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"}
    with translated():
        upload_id = s3.create_multipart_upload(**target, **about, **checksum)["UploadId"]
    upload = {**target, "UploadId": upload_id}
    try:
        sent = [_send_part(number, part, upload) for number, part in enumerate(parts, start=1)]
        with translated():
            answer: dict[str, Any] = s3.complete_multipart_upload(
                **upload, **condition, MultipartUpload={"Parts": sent}
            )
    except BaseException:
        _abort(upload)
        raise
    return answer


def _send_part(number: int, part: bytes, upload: dict[str, str]) -> dict[str, Any]:
    """What S3 must be told about it at the end."""
    with translated():
        answer = client("s3").upload_part(
            **upload, PartNumber=number, Body=part, ChecksumAlgorithm="CRC32"
        )
    return {
        "PartNumber": number,
        "ETag": answer["ETag"],
        "ChecksumCRC32": answer["ChecksumCRC32"],
    }


def _abort(upload: dict[str, str]) -> None:
    """Frees what was sent. Where this fails too, the bucket's lifecycle rule does it later."""
    with contextlib.suppress(HubError), translated():
        client("s3").abort_multipart_upload(**upload)


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of `PART_BYTES`, the last one shorter."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= PART_BYTES:
            with memoryview(waiting) as view:
                part = bytes(view[:PART_BYTES])
            del waiting[:PART_BYTES]
            yield part
            del part  # the next one is made while nobody holds this one
    if waiting:
        yield bytes(waiting)


def _drained(begun: list[bytes], rest: Iterable[bytes]) -> Iterator[bytes]:
    """All of them, holding on to none."""
    while begun:
        yield begun.pop(0)
    yield from rest


def _pieces(body: Any) -> Iterator[bytes]:
    try:
        while True:
            with translated():
                piece = body.read(READ_BYTES)
            if not piece:
                return
            yield piece
    finally:
        body.close()


@contextlib.contextmanager
def found(bucket: Bucket) -> Iterator[None]:
    """What S3 does not have within the block raises `ObjectMissing`."""
    try:
        with translated():
            yield
    except Missing as missing:
        raise ObjectMissing(f"{bucket.name}: no such object or version") from missing


def _version(version: str | None) -> dict[str, str]:
    return {"VersionId": version} if version else {}


def _listed(entry: dict[str, Any]) -> ObjectInfo:
    return ObjectInfo(
        key=entry["Key"], size=entry["Size"], etag=entry["ETag"], modified=entry["LastModified"]
    )
