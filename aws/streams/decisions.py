"""What to do about a batch that failed, as a value. One place acts on it (`lane.py`)."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from aws.streams.handlers import PoisonRecord
from kernel.errors import Unavailable
from kernel.retry import RetryAfter

ATTEMPTS_MAX = 3  # for each size of batch: a thousand records are halved ten times, in some 6 s
DEAD_LETTERS_MAX = 20  # in a row; then the fault is ours
_BASE_S, _DELAY_S_MAX = 0.2, 10.0
_UNAVAILABLE_S_MAX = 60.0


@dataclass(frozen=True, slots=True)
class Bisect:
    """Try the first half of it by itself."""


@dataclass(frozen=True, slots=True)
class GiveUpRecord:
    """Send this record to the dead letters and go on."""

    sequence: str
    reason: str


Decision = RetryAfter | Bisect | GiveUpRecord


def decide(
    error: Exception,
    batch: list[str],
    *,
    attempt: int,
    jitter: Callable[[float, float], float] = random.uniform,
) -> Decision:
    """After attempt number `attempt` (the first is 1) at a batch of these sequence numbers.

    An empty batch stands for `Handler.idle`, which is tried again for ever.
    """
    if isinstance(error, PoisonRecord) and error.sequence in batch:
        return GiveUpRecord(error.sequence, error.reason)
    if isinstance(error, Unavailable):
        ceiling_s = min(_UNAVAILABLE_S_MAX, 2.0 ** min(attempt, 16))
        return RetryAfter(max(float(error.retry_after_s), jitter(0, ceiling_s)))
    if attempt < ATTEMPTS_MAX or not batch:
        return RetryAfter(jitter(0, min(_DELAY_S_MAX, _BASE_S * 2.0 ** min(attempt, 16))))
    if len(batch) > 1:
        return Bisect()
    return GiveUpRecord(batch[0], type(error).__name__)
