"""The blocks that are still open, in Redis; and who may write to them.

    <prefix>:history:{m}:writer             the process that collects, until its lease runs out
    <prefix>:history:{m}:seen               each process's counters as they were counted last
    <prefix>:history:{m}:open               the open blocks, as `<tier>:<number>`
    <prefix>:history:{m}:<tier>:<number>    their metrics, and under each metric the frames

Every write is made only while the lease is still the writer's own. What is lost with Redis is at
most what no block of DynamoDB holds yet; the next frame begins from a new count.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
import redis
from django.conf import settings

from kernel.errors import Conflict, Unavailable
from monitoring.domain.frames import Frame
from monitoring.domain.packing import frame_from_bytes, frame_to_bytes
from monitoring.domain.tiers import Tier, tier_lettered

LEASE_S = 15
_FORGOTTEN_S = 3 * 86_400  # what nobody closes is in nobody's way for ever


class NotTheWriter(Conflict):
    """Another process collects now."""

    code = "not_the_writer"


@dataclass(frozen=True, slots=True)
class OpenBlock:
    """A block that frames are still added to."""

    tier: Tier
    number: int

    @property
    def name(self) -> str:
        return f"{self.tier.letter}:{self.number}"


Added = Mapping[OpenBlock, Mapping[str, Sequence[Frame]]]


def claim(owner: str) -> bool:
    """Whether `owner` collects for the next `LEASE_S` seconds. Raises `Unavailable`, as all do."""
    with _answering():
        if _redis().set(_key("writer"), owner, nx=True, ex=LEASE_S):
            return True
        return bool(_script()(keys=[_key("writer")], args=[owner, LEASE_S]))


def give_back(owner: str) -> None:
    """Another process may collect at once."""
    with _answering():
        _script()(keys=[_key("writer")], args=[owner, 0])


def add(owner: str, added: Added, *, seen: Mapping[str, bytes], gone: Iterable[str] = ()) -> None:
    """Adds frames to open blocks, and notes what has been counted. Raises `NotTheWriter`."""
    with _written_by(owner) as together:
        _add(together, added)
        if seen:
            together.hset(_key("seen"), mapping=dict(seen))
        if departed := list(gone):
            together.hdel(_key("seen"), *departed)


def close(owner: str, block: OpenBlock, metrics: Iterable[str], rolled: Added) -> None:
    """Forgets a block that is in DynamoDB, and adds what it is rolled up to. As `add`."""
    with _written_by(owner) as together:
        _add(together, rolled)
        together.srem(_key("open"), block.name)
        together.delete(_key(block.name), *(_frames_key(block, each) for each in metrics))


def seen() -> dict[str, bytes]:
    """Each process's counters as they were counted last."""
    with _answering():
        found: dict[bytes, bytes] = _redis().hgetall(_key("seen"))
    return {process.decode(): snapshot for process, snapshot in found.items()}


def open_blocks() -> list[OpenBlock]:
    """In order of time."""
    with _answering():
        names = [name.decode() for name in _redis().smembers(_key("open"))]
    blocks = [_block_named(name) for name in names]
    return sorted(blocks, key=lambda each: (each.tier.ends(each.number), each.tier.step_s))


def metrics_of(block: OpenBlock) -> list[str]:
    with _answering():
        return sorted(name.decode() for name in _redis().smembers(_key(block.name)))


def frames_of(
    blocks: Sequence[OpenBlock], metrics: Sequence[str]
) -> dict[tuple[OpenBlock, str], list[Frame]]:
    """The frames of these metrics in these blocks, in one call."""
    wanted = [(block, metric) for block in blocks for metric in metrics]
    with _answering(), _redis().pipeline(transaction=False) as together:
        for block, metric in wanted:
            together.lrange(_frames_key(block, metric), 0, -1)
        found = together.execute()
    return {
        each: list(map(frame_from_bytes, rows))
        for each, rows in zip(wanted, found, strict=True)
        if rows
    }


def note(name: str, value: Any) -> None:
    """Keeps a small JSON value that can be lost."""
    with _answering():
        _redis().set(_key(f"note:{name}"), orjson.dumps(value), ex=_FORGOTTEN_S)


def noted(name: str) -> Any:
    """What `note` kept; None where there is nothing."""
    with _answering():
        found = _redis().get(_key(f"note:{name}"))
    return orjson.loads(found) if found else None


def _add(together: Any, added: Added) -> None:
    for block, by_metric in added.items():
        if not by_metric:
            continue
        together.sadd(_key("open"), block.name)
        together.sadd(_key(block.name), *by_metric)
        together.expire(_key(block.name), _FORGOTTEN_S)
        for metric, frames in by_metric.items():
            key = _frames_key(block, metric)
            together.rpush(key, *map(frame_to_bytes, frames))
            together.expire(key, _FORGOTTEN_S)


@contextmanager
def _written_by(owner: str) -> Any:
    """A transaction that goes through only while `owner` holds the lease."""
    with _answering(), _redis().pipeline() as together:
        together.watch(_key("writer"))
        if together.get(_key("writer")) != owner.encode():
            raise NotTheWriter
        together.multi()
        yield together
        try:
            together.execute()
        except redis.WatchError as error:
            raise NotTheWriter from error


@contextmanager
def _answering() -> Any:
    try:
        yield
    except redis.WatchError:
        raise
    except redis.RedisError as error:
        raise Unavailable("the newest measurements cannot be reached", retry_after_s=5) from error


def _block_named(name: str) -> OpenBlock:
    letter, _, number = name.partition(":")
    return OpenBlock(tier_lettered(letter), int(number))


def _key(name: str) -> str:
    prefix = settings.CACHES["default"].get("KEY_PREFIX", "")
    return f"{prefix}:history:{{m}}:{name}"


def _frames_key(block: OpenBlock, metric: str) -> str:
    return _key(f"{block.name}:{metric}")


# Renews the lease of its owner for ARGV[2] seconds; with 0 gives it back.
_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) else redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
"""


@cache
def _script() -> Any:
    return _redis().register_script(_RENEW)


@cache
def _redis() -> Any:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
