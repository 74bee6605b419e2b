"""Rules' settings: what is in force, and changing that. Switching anything on takes two people."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.conf import conf
from alerts.domain.rulebook import InForce
from alerts.domain.rules import Rule
from alerts.repository import RULE_REPOSITORY
from alerts.rules import rules
from kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules in force, by name."""

    in_force: Mapping[str, InForce]
    read_at: datetime

    def applied(self) -> list[Rule]:
        return [rule for rule in rules() if self.in_force[rule.name].on]

    def settings(self, rule: Rule) -> dict[str, int]:
        """The bank's own; a parameter that a stored version does not name has its default."""
        stored = self.in_force[rule.name].values
        return {name: stored.get(name, value) for name, value in rule.defaults.items()}

    def number(self, rule: str) -> int:
        return self.in_force[rule].number


_lock = threading.Lock()
_kept: RuleBook | None = None


def rule_book(clock: Clock) -> RuleBook:
    """What this process goes by: at the most a few seconds old (`rules_kept_for`)."""
    global _kept
    now = clock()
    with _lock:
        if _kept is None or abs(now - _kept.read_at) >= conf().rules_kept_for:
            _kept = read_rule_book(now)
        return _kept


def read_rule_book(now: datetime) -> RuleBook:
    """What is in force now."""
    stored = RULE_REPOSITORY.in_force(rule.name for rule in rules())
    return RuleBook(
        {
            rule.name: stored.get(rule.name) or InForce(rule=rule.name, values=rule.defaults)
            for rule in rules()
        },
        read_at=now,
    )


def forget_rule_book() -> None:
    """The next one is read anew."""
    global _kept
    with _lock:
        _kept = None
