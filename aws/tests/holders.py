"""What both tests of idempotency start from: a clock of our own, and something to do once."""

from datetime import UTC, datetime, timedelta

from aws.idempotency import Operation
from kernel.ids import random_id

LEASE_S, KEEP_S = 10, 100


class FakeClock:
    """Stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def an_operation(
    payload: bytes = b"one", key: str | None = None, subject: str | None = None
) -> Operation:
    return Operation(
        scope="try",
        owner="alice",
        key=key or random_id("try"),
        payload=payload,
        subject=subject,
        lease_s=LEASE_S,
        keep_s=KEEP_S,
    )
