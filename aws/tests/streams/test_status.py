"""What an operator is told. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from aws.streams.leases import HandlerState, Lease, Ledger
from aws.streams.shards import Beginning, Position
from aws.streams.status import summary

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _lease(owner: str | None, *, behind_s: float = 0, finished: bool = False) -> Lease:
    at = NOW - timedelta(seconds=behind_s)
    return Lease(
        owner=owner,
        epoch=1,
        expires=NOW + timedelta(seconds=5),
        position=Position(beginning=0, sequence="7", at=at, finished=finished),
    )


def _state(segments: int = 0, **known: object) -> HandlerState:
    beginning = Beginning(number=0, at=NOW, by="anna", stream="arn", shards={}, segments=segments)
    return HandlerState(beginning=beginning, **known)  # type: ignore[arg-type]


TWO = {
    ("s1", "alerts"): _lease("anna", behind_s=3),
    ("s2", "alerts"): _lease("bert", behind_s=42),
    ("s3", "alerts"): _lease(None, behind_s=900, finished=True),
    ("s4", "others"): _lease("carl", behind_s=900),
}


class TestSummary:
    @pytest.mark.parametrize(
        ("ledger", "said"),
        [
            (Ledger(), "has never run"),
            (
                Ledger(handlers={"alerts": _state()}, leases=TWO),
                "2 shards, read by 2 processes, 42 s behind",
            ),
            (Ledger(handlers={"alerts": _state()}), "0 shards, read by nobody, 0 s behind"),
            (
                Ledger(
                    handlers={"alerts": _state(2)},
                    leases={("sweep-0-0-2", "alerts"): _lease("anna", finished=True)},
                ),
                "sweeps the table: 1 of 2 segments; read by 1 process",
            ),
            (
                Ledger(handlers={"alerts": _state(stopped="twenty", stopped_at=NOW, gaps=2)}),
                "STOPPED 2026-11-23 09:00:00Z: twenty; records lost for good: 2 times",
            ),
        ],
    )
    def test_tells(self, ledger: Ledger, said: str) -> None:
        assert summary("alerts", ledger, NOW) == said
