"""What is done about a failed batch: a table of values; nothing sleeps."""

from datetime import UTC, datetime

import pytest

from aws.streams.decisions import Bisect, Decision, GiveUpRecord, decide
from aws.streams.handlers import PoisonRecord
from aws.streams.records import Record
from kernel.errors import Conflict, Unavailable
from kernel.retry import RetryAfter

BATCH = ["1", "2", "3"]


def _record(sequence: str) -> Record:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Record(stream="try", partition_key="p", data=b"", sequence=sequence, at=at)


def _at_most(_low: float, high: float) -> float:
    return high


class TestDecide:
    @pytest.mark.parametrize(
        ("error", "batch", "attempt", "decision"),
        [
            # Poison is named: it goes, at once.
            (PoisonRecord(_record("2"), "odd"), BATCH, 1, GiveUpRecord("2", "odd")),
            (PoisonRecord(_record("2"), "odd"), ["2"], 1, GiveUpRecord("2", "odd")),
            # ... but only of this batch: else the handler is wrong.
            (PoisonRecord(_record("9"), "odd"), BATCH, 1, RetryAfter(0.4)),
            # What is unavailable is waited for, however long.
            (Unavailable(retry_after_s=0), BATCH, 1, RetryAfter(2)),
            (Unavailable(retry_after_s=0), BATCH, 3, RetryAfter(8)),
            (Unavailable(retry_after_s=0), BATCH, 5000, RetryAfter(60)),
            (Unavailable(retry_after_s=90), BATCH, 1, RetryAfter(90)),
            # Anything else: again, then halves, then the one record is given up.
            (Conflict(), BATCH, 1, RetryAfter(0.4)),
            (Conflict(), BATCH, 2, RetryAfter(0.8)),
            (Conflict(), BATCH, 3, Bisect()),
            (KeyError("a name"), ["1"], 1, RetryAfter(0.4)),
            (KeyError("a name"), ["1"], 3, GiveUpRecord("1", "KeyError")),
            # A flush that fails is not a record's fault.
            (KeyError("a name"), [], 3, RetryAfter(1.6)),
            (KeyError("a name"), [], 5000, RetryAfter(10)),
        ],
    )
    def test_says_what_to_do(
        self, error: Exception, batch: list[str], attempt: int, decision: Decision
    ) -> None:
        assert decide(error, batch, attempt=attempt, jitter=_at_most) == decision

    def test_waits_with_jitter(self) -> None:
        assert decide(ValueError(), BATCH, attempt=1, jitter=lambda low, _: low) == RetryAfter(0)
