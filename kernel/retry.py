"""Retry decisions are values: a policy decides, one place acts, tests compare numbers."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from kernel.errors import Unavailable


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Do the same again, `seconds` from now."""

    seconds: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Do not try again; `reason` says why, for the log and the person."""

    reason: str


RetryDecision = RetryAfter | GiveUp


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Exponential back-off with full jitter ("Exponential Backoff And Jitter", AWS blog, 2015).

    Waits a random time up to `base_s`, 2 x `base_s`, 4 x `base_s` ..., never above `delay_s_max`,
    and gives up after `attempts_max` attempts. Only `Unavailable` is worth another attempt.
    """

    base_s: float = 1.0
    delay_s_max: float = 60.0
    attempts_max: int = 8

    def decide(
        self,
        error: Exception,
        *,
        attempt: int,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> RetryDecision:
        """What to do after attempt number `attempt` (the first is 1) ended in `error`."""
        if not isinstance(error, Unavailable):
            return GiveUp(f"{type(error).__name__} does not go away by itself")
        if attempt >= self.attempts_max:
            return GiveUp(f"still unavailable after {attempt} attempts")
        ceiling_s = min(self.delay_s_max, self.base_s * 2 ** (attempt - 1))
        return RetryAfter(max(float(error.retry_after_s), jitter(0, ceiling_s)))
