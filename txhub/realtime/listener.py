"""The listener: takes messages, has them stored, and only then lets the broker forget them.

    gather -> take -> dead letters -> acknowledge        (crash anywhere: they come again)

It holds one batch and no more. While DynamoDB is over its limits it keeps the batch, waits, and
takes nothing else: the queue grows, and nothing is lost.
"""

import time
from collections.abc import Callable, Sequence
from itertools import count

import structlog
from kombu.message import Message

from aws.metrics import use_case
from aws.metrics.instruments import NoLabels
from kernel.clock import Clock
from kernel.errors import Unavailable
from kernel.retry import RetryAfter, RetryPolicy
from txhub.realtime import conf
from txhub.realtime.broker import Inbox, Outbox, body_of, channel_to, dead_letters_of
from txhub.realtime.dead_letters import sealed_letter
from txhub.realtime.intake import Answer, Poison, take
from txhub.realtime.messages import name_of
from txhub.realtime.metrics import LISTENER_WAITS, MESSAGE_SECONDS, MESSAGES, MessageLabels

Stopping = Callable[[], bool]  # whether the process was asked to end

_log = structlog.get_logger(__name__)
_WAIT_S = 2.0  # for a message, and so for a stop
_LOOK_S = 0.2
_RECONNECT_S = 2.0
# Waits up to 0.5, 1, 2 ... 30 s between attempts, and never gives up.
_STEPS = 8
_PATIENCE = RetryPolicy(base_s=0.5, delay_s_max=30, attempts_max=_STEPS + 1)


@use_case("messages.listen")
def listen(url: str, queue: str, *, stopping: Stopping, clock: Clock) -> None:
    """Until it is asked to stop; then it finishes the batch in hand.

    Raises `Missing` where SQS has no such queue.
    """
    while not stopping():
        try:
            with channel_to(url, queue, dead_letters_of(queue)) as channel:
                inbox = Inbox(channel, queue, held_max=conf.BATCH_MAX)
                outbox = Outbox(channel, dead_letters_of(queue))
                Listener(inbox, outbox, stopping=stopping, clock=clock).run()
        except Unavailable as error:
            _log.warning("listener_starts_over", code=error.code)
            _pause(_RECONNECT_S, stopping)


class Listener:
    """One consumer of one queue, while its connection lasts."""

    def __init__(self, inbox: Inbox, outbox: Outbox, *, stopping: Stopping, clock: Clock) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._stopping = stopping
        self._clock = clock
        self._dead_in_a_row = 0

    def run(self) -> None:
        """Raises `Unavailable` where the broker is away."""
        while not self._stopping():
            batch = self._inbox.gather(wait_s=_WAIT_S)
            if batch:
                self._handle(batch)

    def _handle(self, batch: Sequence[Message]) -> None:
        received_s = time.monotonic()
        answers = self._taken(batch)
        if answers is None:
            self._inbox.give_back(batch)
            return
        MESSAGE_SECONDS.observe(NoLabels(), time.monotonic() - received_s)
        self._bury(batch, answers)
        self._inbox.done(batch)
        for answer in answers:
            MESSAGES.add(MessageLabels(_outcome(answer)))
        self._suspect(answers)

    def _taken(self, batch: Sequence[Message]) -> list[Answer] | None:
        """None where a stop was asked for while DynamoDB would not take them."""
        bodies = [body_of(message) for message in batch]
        for attempt in count(1):
            try:
                return take(bodies, clock=self._clock)
            except Unavailable as error:
                self._hold_back(batch, error, attempt)
            if self._stopping():
                break
        return None

    def _hold_back(self, batch: Sequence[Message], error: Unavailable, attempt: int) -> None:
        decision = _PATIENCE.decide(error, attempt=min(attempt, _STEPS))
        assert isinstance(decision, RetryAfter), "it never gives up"
        LISTENER_WAITS.add(NoLabels())
        _log.warning("listener_waits", code=error.code, seconds=round(decision.seconds, 1))
        self._inbox.hide(batch, decision.seconds + conf.VISIBILITY_S)
        _pause(decision.seconds, self._stopping)

    def _bury(self, batch: Sequence[Message], answers: Sequence[Answer]) -> None:
        for message, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Poison):
                body = body_of(message)
                self._outbox.put(sealed_letter(body, answer, at=self._clock()))
                _log.warning("message_dead", message=name_of(body), code=answer.code)

    def _suspect(self, answers: Sequence[Answer]) -> None:
        """A whole queue must not end as dead letters because of us."""
        for answer in answers:
            self._dead_in_a_row = self._dead_in_a_row + 1 if isinstance(answer, Poison) else 0
        if self._dead_in_a_row >= conf.DEAD_IN_A_ROW_MAX:
            _log.error("listener_suspects_itself", dead_in_a_row=self._dead_in_a_row)
            _pause(conf.SUSPICION_S, self._stopping)


def _outcome(answer: Answer) -> str:
    return answer.code if isinstance(answer, Poison) else answer.outcome


def _pause(seconds: float, stopping: Stopping) -> None:
    """Returns early when the process is asked to end."""
    until = time.monotonic() + seconds
    while not stopping() and (left_s := until - time.monotonic()) > 0:
        time.sleep(min(_LOOK_S, left_s))
