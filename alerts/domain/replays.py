"""A replay: a rule's settings played over what has happened, before they are put in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from alerts.domain.rulebook import Answers


class ReplayStatus(StrEnum):
    """How far it is. docs/states/replay.md draws the moves."""

    WAITING = "waiting"
    DONE = "done"


NEXT: dict[ReplayStatus, frozenset[ReplayStatus]] = {
    ReplayStatus.WAITING: frozenset({ReplayStatus.DONE}),
    ReplayStatus.DONE: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One of the alerts there would have been."""

    account_id: str
    transaction_ids: tuple[str, ...]
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What settings would have raised. `by_day`: alerts by the day of the transaction. `accounts`:
    how many of them had any. `answers`: what customers said of those that were really raised."""

    by_day: Mapping[str, int] = field(default_factory=dict)
    accounts: int = 0
    customers: int = 0
    answers: Answers = field(default_factory=Answers)

    @property
    def alerts(self) -> int:
        return sum(self.by_day.values())

    def a_day(self, days: int) -> float:
        return self.alerts / days

    def share_of(self, customers: int) -> float:
        """How many of the customers would have been alerted."""
        return self.customers / customers if customers else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """`values`: the settings that were tried, `number` their version. `tried` and `in_force`: what
    they, and those in force at the time, would have raised in `days` days before `asked_at`, among
    `accounts` accounts of `customers` customers."""

    replay_id: str
    rule: str
    number: int
    days: int
    asked_by: str
    asked_at: datetime
    status: ReplayStatus = ReplayStatus.WAITING
    accounts: int = 0
    customers: int = 0
    transactions: int = 0
    tried: Tally = field(default_factory=Tally)
    in_force: Tally = field(default_factory=Tally)
    samples: tuple[Sample, ...] = ()
    is_sample: bool = False
