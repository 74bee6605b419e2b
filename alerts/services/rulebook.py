"""Rules' settings: what is in force, and changing that. Switching anything on takes two people."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from django.contrib.auth.models import User

from alerts.conf import conf
from alerts.domain.rulebook import InForce, RuleVersion
from alerts.domain.rules import Rule, Settings
from alerts.repository import RULE_REPOSITORY
from alerts.rules import rules
from aws.metrics import use_case
from identity import audit
from identity.staff import actor_of
from kernel.clock import Clock, utc_now
from kernel.errors import Missing


@dataclass(frozen=True)
class RuleBook:
    """The rules in force, by name."""

    in_force: Mapping[str, InForce]
    read_at: datetime

    @cached_property
    def applied(self) -> Sequence[Rule]:
        return [rule for rule in rules() if self.in_force[rule.name].on]

    @cached_property
    def bank(self) -> Mapping[str, Settings]:
        """The bank's own settings of the rules that are applied."""
        return {rule.name: self.settings(rule) for rule in self.applied}

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


class VersionMissing(Missing):
    """A rule's settings have no such version."""

    code = "rule_version_not_found"


@use_case("alerts.rule_version")
def new_version(
    rule: Rule, values: Mapping[str, object], by: User, *, clock: Clock = utc_now
) -> RuleVersion:
    """Keeps settings under a number of their own; nothing goes by them yet.

    Raises `BadSetting`, and `Conflict` where somebody else has just made a version.
    """
    before = RULE_REPOSITORY.versions(rule.name)
    version = RuleVersion(
        rule=rule.name,
        number=before[0].number + 1 if before else 1,
        values=rule.checked(values),
        made_by=actor_of(by),
        made_at=clock(),
    )
    audit.record(
        actor=version.made_by,
        action="rule.version_made",
        subject=f"rule:{rule.name}",
        detail={"version": version.number, "values": dict(version.values)},
        together=(RULE_REPOSITORY.adding(version),),
        clock=clock,
    )
    return version


def version_of(rule: Rule, number: int) -> RuleVersion:
    """One version; number 0 is what the rule itself says. Raises `VersionMissing`."""
    if number == 0:
        return RuleVersion(
            rule=rule.name,
            number=0,
            values=rule.defaults,
            made_by="system",
            made_at=datetime.min.replace(tzinfo=UTC),
        )
    for version in RULE_REPOSITORY.versions(rule.name):
        if version.number == number:
            return version
    raise VersionMissing


@use_case("alerts.enforce")
def enforce(rule: Rule, number: int, *, on: bool, approved_as: str) -> InForce:
    """Puts a version in force, or switches the rule off; again changes nothing. A second person
    has allowed it (alerts/approvals.py). Raises `VersionMissing`, `Conflict`."""
    version = version_of(rule, number)
    before = read_rule_book(version.made_at).in_force[rule.name]
    after = InForce(
        rule=rule.name, number=number, values=version.values, on=on, version=before.version + 1
    )
    if (before.number, before.on) != (number, on) or not before.version:
        audit.record(
            actor="system",
            action="rule.put_in_force" if on else "rule.switched_off",
            subject=f"rule:{rule.name}",
            detail={"version": number, "proposal": approved_as},
            together=(RULE_REPOSITORY.enforcing(before, after),),
        )
    forget_rule_book()
    return after
