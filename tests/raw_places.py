"""Everything that a running place keeps, read raw: as somebody with the discs in hand would."""

import gzip
import subprocess
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import redis
import zstandard
from django.conf import settings

from aws.sessions import client

Found = tuple[str, bytes]  # where, and what lies there


def places_that_hold(needles: dict[str, str], *kinds: str) -> set[str]:
    """Where any of the needles stands in this run's place: `place: name of the needle`.

    Looked for plain and as base64, and in what is compressed as well; in all kinds of places, or
    in those named.
    """
    found = (each for kind in kinds or _KINDS for each in _KINDS[kind]())
    return _holding(needles, found)


def files_that_hold(needles: dict[str, str], root: Path) -> set[str]:
    """The same for the files below `root`, such as those that a stopped place has left."""
    return _holding(needles, _files(root))


def _holding(needles: dict[str, str], places: Iterable[Found]) -> set[str]:
    spellings = {name: list(_spellings(needle.encode())) for name, needle in needles.items()}
    return {
        f"{where}: {name}"
        for where, raw in _with_decompressed(places)
        for name, forms in spellings.items()
        if any(form in raw for form in forms)
    }


def _with_decompressed(places: Iterable[Found]) -> Iterator[Found]:
    for where, raw in places:
        yield where, raw
        for plain in _decompressed(raw):
            yield f"{where} (decompressed)", plain


def _spellings(needle: bytes) -> Iterator[bytes]:
    yield needle
    for shift in range(3):  # base64 looks different at each position in a group of three
        coded = b64encode(b"\0" * shift + needle)
        yield coded[4 if shift else 0 : -4]


def _tables() -> Iterator[Found]:
    dynamodb = client("dynamodb")
    for page in dynamodb.get_paginator("list_tables").paginate():
        for table in page["TableNames"]:
            for answer in dynamodb.get_paginator("scan").paginate(TableName=table):
                yield f"table {table}", repr(answer["Items"]).encode()
                for item in answer["Items"]:
                    for value in item.values():
                        if "B" in value:
                            yield f"table {table}", value["B"]


def _buckets() -> Iterator[Found]:
    s3 = client("s3")
    for bucket in (each["Name"] for each in s3.list_buckets()["Buckets"]):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for each in page.get("Contents", ()):
                answer = s3.get_object(Bucket=bucket, Key=each["Key"])
                yield f"bucket {bucket}", answer["Body"].read()
                yield f"bucket {bucket}", repr((each["Key"], answer["Metadata"])).encode()


def _queues() -> Iterator[Found]:
    sqs = client("sqs")
    for url in sqs.list_queues().get("QueueUrls", ()):
        # Hidden for a moment, so that each answer brings others; they come back by themselves.
        while messages := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=20
        ).get("Messages"):
            yield f"queue {url.rpartition('/')[2]}", repr(messages).encode()


def _redis() -> Iterator[Found]:
    for url in (settings.REDIS_URL, settings.CELERY_BROKER_URL):
        server = redis.Redis.from_url(url)
        for key in server.scan_iter():
            yield "redis", key
            yield "redis", _redis_value(server, key)


def _redis_value(server: "redis.Redis", key: bytes) -> bytes:
    match server.type(key):
        case b"string":
            return bytes(server.get(key) or b"")  # type: ignore[arg-type]
        case b"list":
            return repr(server.lrange(key, 0, -1)).encode()
        case b"set":
            return repr(server.smembers(key)).encode()
        case b"zset":
            return repr(server.zrange(key, 0, -1)).encode()
        case _:
            return repr(server.hgetall(key)).encode()


def _files(root: Path) -> Iterator[Found]:
    """Logs, the engine's files, the broker's journal, the relational database with its WAL."""
    inputs = root / "tmp"  # what the tests themselves bring along
    for path in root.rglob("*"):
        with suppress(OSError):  # a server may take a file away meanwhile
            if path.is_file() and not path.is_relative_to(inputs):
                yield f"file {path.relative_to(root)}", _content(path)


def _content(path: Path) -> bytes:
    """A database is read by another process: who closes a file that SQLite has open in the same
    process drops its locks, and two writers then spoil it ("How To Corrupt An SQLite Database")."""
    if "sqlite" not in path.name:
        return path.read_bytes()
    return subprocess.run(["cat", path], stdout=subprocess.PIPE, check=True).stdout


def _decompressed(raw: bytes) -> Iterator[bytes]:
    with suppress(OSError, EOFError, zlib.error):
        yield gzip.decompress(raw)
    with suppress(zlib.error):
        yield zlib.decompress(raw)
    with suppress(zstandard.ZstdError):
        yield zstandard.ZstdDecompressor().decompressobj().decompress(raw)


_KINDS: dict[str, Callable[[], Iterator[Found]]] = {
    "tables": _tables,
    "buckets": _buckets,
    "queues": _queues,
    "redis": _redis,
    "files": lambda: _files(Path(settings.VAR_DIR)),
}
