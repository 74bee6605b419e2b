"""A policy decides; the test is a table of numbers and nothing sleeps."""

import pytest

from kernel.errors import Refused, Unavailable
from kernel.retry import GiveUp, RetryAfter, RetryPolicy

POLICY = RetryPolicy(base_s=1, delay_s_max=10, attempts_max=6)


def longest(_low: float, high: float) -> float:
    return high


class TestRetryPolicy:
    @pytest.mark.parametrize(("attempt", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 10)])
    def test_doubles_the_wait_up_to_its_ceiling(self, attempt: int, seconds: int) -> None:
        error = Unavailable(retry_after_s=0)
        assert POLICY.decide(error, attempt=attempt, jitter=longest) == RetryAfter(seconds)

    def test_waits_at_least_as_long_as_it_was_told(self) -> None:
        decision = POLICY.decide(Unavailable(retry_after_s=30), attempt=1, jitter=longest)
        assert decision == RetryAfter(30)

    def test_gives_up_after_the_last_attempt(self) -> None:
        assert isinstance(POLICY.decide(Unavailable(), attempt=6), GiveUp)

    def test_gives_up_at_once_on_what_does_not_go_away(self) -> None:
        assert isinstance(POLICY.decide(Refused(), attempt=1), GiveUp)
