"""A lane: one handler's way along one shard."""

import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import structlog

from aws.metrics.names import (
    STREAM_BATCH_SECONDS,
    STREAM_DEAD_LETTERS,
    STREAM_RECORDS,
    BatchLabels,
    HandlerLabels,
)
from aws.streams.dead_letters import DeadLetter, letter
from aws.streams.decisions import DEAD_LETTERS_MAX, Bisect, Decision, GiveUpRecord, decide
from aws.streams.handlers import Handler, Progress
from aws.streams.in_flight import Hand, InFlight
from aws.streams.reader import ShardReader
from aws.streams.shards import From, Position, Where
from aws.streams.source import AnyRecord, Trimmed
from kernel.clock import Clock
from kernel.errors import HubError
from kernel.retry import RetryAfter

log = structlog.get_logger(__name__)
_LOOK_AGAIN_S = 0.1
_READ_AGAIN_S = 1.0

Bury = Callable[[DeadLetter], None]


class Lane:
    """Gives a shard's records to a handler, in order, and keeps account of what is durable.

    `step` is called by one thread. Another one looks at what has no underscore, renews
    `valid_until` (of the lease: past it the handler is given nothing) and sets `leaving`.
    `idle`: all records are durably done. `quiet`: all are given, but the handler may keep some.
    """

    def __init__(
        self,
        handler: Handler[Any],
        reader: ShardReader,
        *,
        source: str,
        where: Where,
        position: Position,
        valid_until: datetime,
        bury: Bury,
        clock: Clock,
    ) -> None:
        self.position, self.where, self.valid_until = position, where, valid_until
        self.stop_reason: str | None = None
        self.trimmed = self.idle = self.quiet = self.leaving = self.busy = False
        self._handler, self._reader, self._source = handler, reader, source
        self._bury, self._clock = bury, clock
        self._hand, self._in_flight = Hand(), InFlight()
        self._closed = self._at_tip = False  # the shard has no more to read: for ever, for now
        self._attempt = self._dead_in_a_row = 0
        self._resume_at = clock()

    @property
    def has_ended(self) -> bool:
        """Whether `step` has nothing more to do, nor is doing it."""
        over = self.leaving or self.stop_reason is not None or self.position.finished
        return over and not self.busy

    def step(self) -> float | None:
        """Does one thing; returns after how many seconds to call again, None: not any more."""
        self.busy = True
        try:
            if self.leaving or self.stop_reason is not None or self.position.finished:
                return None
            return self._next_thing(self._clock())
        finally:
            self.busy = False

    def go_on(self, *, after: datetime, is_listed: bool) -> None:
        """What was trimmed is of no concern, nor what came before `after`."""
        self.position = replace(self.position, at=after, finished=not is_listed)
        self.where, self.trimmed = From.HORIZON, False

    def age_s(self) -> float:
        """How far the handler is behind: the age of the oldest record that is not durable."""
        if self.idle:
            return 0.0
        oldest = self._in_flight.oldest() if self._in_flight else self.position.at
        return (self._clock() - oldest).total_seconds()

    def _next_thing(self, now: datetime) -> float:
        if now < self._resume_at:
            return (self._resume_at - now).total_seconds()
        if now >= self.valid_until or self.trimmed:
            return _LOOK_AGAIN_S
        wait_s = 0.0 if self._closed or self._hand.batch() else self._read(now)
        batch = self._hand.batch()
        if batch:
            self._deliver(batch)
            return 0.0
        self._flush()
        return _LOOK_AGAIN_S if self._closed else wait_s

    def _read(self, now: datetime) -> float:
        try:
            chunk = self._reader.read(self.where, self.position.at)
        except Trimmed as error:
            log.warning("stream_trimmed", reason=error.message)
            self.trimmed = True
            return _LOOK_AGAIN_S
        except HubError as error:
            log.warning("stream_not_read", code=error.code, reason=error.message)
            return _READ_AGAIN_S
        except Exception as error:  # a record that we cannot even parse: no other will do better
            self.stop_reason = f"the shard cannot be read: {type(error).__name__}"
            return 0.0
        self.where, self._closed = chunk.then, chunk.ended
        self._hand.take(chunk.records)
        self._in_flight.add(chunk.records)
        self._at_tip = chunk.at_tip
        self.idle = chunk.at_tip and not self._in_flight
        if self.idle:
            self.position = replace(self.position, at=now)
        return chunk.wait_s

    def _deliver(self, batch: list[AnyRecord]) -> None:
        started = perf_counter()
        outcome, self.quiet = "ok", False
        try:
            self._settle(self._handler.handle(batch))
        except Exception as error:
            outcome = self._after(error, batch)
        else:
            self._hand.give()
            self._attempt = self._dead_in_a_row = 0
            STREAM_RECORDS.add(HandlerLabels(self._handler.name), len(batch))
        labels = BatchLabels(self._handler.name, outcome)
        STREAM_BATCH_SECONDS.observe(labels, perf_counter() - started)

    def _flush(self) -> None:
        try:
            self._settle(self._handler.end() if self._closed else self._handler.idle())
        except Exception as error:
            self._after(error, [])
        else:
            self._attempt, self.quiet = 0, self._at_tip

    def _settle(self, progress: Progress) -> None:
        known = progress is None or progress == self.position.sequence
        settled = self._in_flight.settle(None if known else progress)
        if settled:
            self.position = replace(self.position, sequence=settled[0], at=settled[1])
        if self._closed and not self._in_flight:
            self.position = replace(self.position, finished=True)

    def _after(self, error: Exception, batch: list[AnyRecord]) -> str:
        """Acts on the decision about a failure; returns what was done, for the metrics."""
        self._attempt += 1
        decision = decide(error, [each.sequence for each in batch], attempt=self._attempt)
        log.warning("stream_batch_failed", records=len(batch), **_told(error, decision))
        if isinstance(decision, RetryAfter):
            self._resume_at = self._clock() + timedelta(seconds=decision.seconds)
            return "retry"
        self._attempt = 0
        if isinstance(decision, Bisect):
            self._hand.halve()
            return "bisect"
        return self._give_up(batch, decision)

    def _give_up(self, batch: list[AnyRecord], decision: GiveUpRecord) -> str:
        (record,) = [each for each in batch if each.sequence == decision.sequence]
        name, shard = self._handler.name, self._reader.shard.id
        try:
            self._bury(
                letter(
                    record, handler=name, source=self._source, shard=shard, reason=decision.reason
                )
            )
        except HubError as unsent:
            log.warning("dead_letter_waits", code=unsent.code)
            self._resume_at = self._clock() + timedelta(seconds=_READ_AGAIN_S)
            return "retry"
        self._hand.drop(record)
        self._in_flight.give_up(record.sequence)
        self._settle(None)
        STREAM_DEAD_LETTERS.add(HandlerLabels(name))
        self._dead_in_a_row += 1
        if self._dead_in_a_row >= DEAD_LETTERS_MAX:
            self.stop_reason = f"{DEAD_LETTERS_MAX} dead letters in a row: {decision.reason}"
        return "dead_letter"


def _told(error: Exception, decision: Decision) -> dict[str, str]:
    """What the log is told: where it happened, but not the message, which may quote a record."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    return {"error": type(error).__name__, "raised_at": at, "then": repr(decision)}
