"""Collects what all processes report, frame by frame, into the history.

    snapshots in Redis --every 10 s--> frame --> open block --full--> DynamoDB
                                                                `--> coarser frames, open block ...

One process does it at a time. Whoever takes over goes on from what was counted last, so nothing is
counted twice or left out; a pause shows as one long frame.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import structlog

from aws.metrics import use_case
from aws.metrics.instruments import Sample
from aws.metrics.neighbours import Neighbours
from aws.metrics.snapshots import Family, from_bytes, to_bytes
from kernel.clock import Clock, epoch_s, utc_now
from monitoring import live
from monitoring.domain.frames import Frame, Value, Values, added, growth, highest, in_steps
from monitoring.domain.tiers import FINE, ROLLED_INTO
from monitoring.live import OpenBlock
from monitoring.repository.history import HISTORY_REPOSITORY, Block

log = structlog.get_logger(__name__)
_REMEMBERED_S = 3600  # a process that falls silent may speak again
_CLOSED_AFTER_S = 15  # the last frame of a block may be a little late

Counted = dict[str, Values]  # by the name of the metric


@dataclass(slots=True)
class _Process:
    """What has been counted of a process, and when it was last heard of."""

    counted: Counted
    heard_at: int


@dataclass(slots=True)
class Collector:
    """Collects while it holds the lease. Used by one thread."""

    owner: str
    neighbours: Neighbours
    clock: Clock = utc_now
    _processes: dict[str, _Process] | None = field(default=None, init=False)
    _last_at: int | None = field(default=None, init=False)

    @use_case("monitoring.collect")
    def tick(self) -> bool:
        """Adds a frame and closes the blocks that are full; False where another process collects.

        Raises `NotTheWriter` where the lease was lost on the way, and `Unavailable`.
        """
        if not live.claim(self.owner):
            self._processes = None
            return False
        now = epoch_s(self.clock())
        if self._processes is None:
            self._remember(now)
        self._add_frame(now)
        self._close_blocks(now)
        return True

    def leave(self) -> None:
        """Lets another process collect at once."""
        live.give_back(self.owner)

    def _remember(self, now: int) -> None:
        """Goes on from what the process before us has counted."""
        self._processes = {
            process: _Process(counted=_counted(from_bytes(raw)), heard_at=now)
            for process, raw in live.seen().items()
        }
        self._last_at = live.noted("collected_at") if self._processes else None

    def _add_frame(self, now: int) -> None:
        assert self._processes is not None
        reported = self.neighbours.read()
        is_first = self._last_at is None
        seconds = now - self._last_at if self._last_at is not None else 0
        frames = {} if is_first or seconds <= 0 else self._frames(reported, now, seconds)
        gone = self._forget_silent(reported, now)
        for process, families in reported.items():
            self._processes[process] = _Process(counted=_counted(families), heard_at=now)
        block = OpenBlock(FINE, FINE.block(now))
        raw = {process: to_bytes(families) for process, families in reported.items()}
        by_metric = {name: [frame] for name, frame in frames.items()}
        live.add(self.owner, {block: by_metric}, seen=raw, gone=gone)
        live.note("collected_at", now)
        self._last_at = now

    def _frames(
        self, reported: Mapping[str, list[Family]], now: int, seconds: int
    ) -> dict[str, Frame]:
        parts: dict[str, list[Values]] = defaultdict(list)
        kinds: dict[str, str] = {}
        for process, families in reported.items():
            for family in families:
                kinds[family.name] = family.kind
                parts[family.name].append(self._done_by(process, family))
        return {
            name: Frame(
                kind=kinds[name],
                at=now,
                seconds=seconds,
                values=highest(each) if kinds[name] == "gauge" else added(each),
            )
            for name, each in parts.items()
        }

    def _done_by(self, process: str, family: Family) -> Values:
        """What a process did since it was counted last; all of it where it is new."""
        assert self._processes is not None
        values = _values(family)
        if family.kind == "gauge":
            return values
        known = self._processes.get(process)
        return growth(known.counted.get(family.name, {}) if known else {}, values)

    def _forget_silent(self, reported: Iterable[str], now: int) -> list[str]:
        assert self._processes is not None
        living = set(reported)
        gone = [
            process
            for process, known in self._processes.items()
            if process not in living and now - known.heard_at > _REMEMBERED_S
        ]
        for process in gone:
            del self._processes[process]
        return gone

    def _close_blocks(self, now: int) -> None:
        for block in live.open_blocks():
            if block.tier.ends(block.number) + _CLOSED_AFTER_S <= now:
                self._close(block)

    def _close(self, block: OpenBlock) -> None:
        """Written before it is forgotten: a crash between the two writes the same again."""
        metrics = live.metrics_of(block)
        found = live.frames_of([block], metrics)
        frames = {metric: rows for (_block, metric), rows in found.items()}
        HISTORY_REPOSITORY.write(
            Block(metric=metric, tier=block.tier, number=block.number, frames=rows)
            for metric, rows in frames.items()
        )
        live.close(self.owner, block, metrics, _rolled_up(block, frames))
        log.info("history_block_written", tier=block.tier.letter, metrics=len(frames))


def _rolled_up(
    block: OpenBlock, frames: Mapping[str, list[Frame]]
) -> dict[OpenBlock, dict[str, list[Frame]]]:
    coarser = ROLLED_INTO.get(block.tier)
    if coarser is None:
        return {}
    into = OpenBlock(coarser, coarser.block(block.tier.ends(block.number)))
    return {into: {name: in_steps(rows, coarser.step_s) for name, rows in frames.items()}}


def _counted(families: Iterable[Family]) -> Counted:
    return {family.name: _values(family) for family in families if family.kind != "gauge"}


def _values(family: Family) -> dict[tuple[str, ...], Value]:
    return {sample.labels: _value(family.kind, sample) for sample in family.samples}


def _value(kind: str, sample: Sample) -> Value:
    if kind == "histogram":
        return (sum(sample.sums), *map(float, sample.counts))
    return (float(sample.value),)
