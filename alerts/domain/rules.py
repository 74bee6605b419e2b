"""What a rule is. Each has a file of its own in `alerts/rules/`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from alerts.domain.facts import Fact
from alerts.domain.history import History
from kernel.errors import Refused


class Unit(StrEnum):
    """What a parameter counts."""

    MINOR = "minor units"
    PERCENT = "%"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    TIMES = "times"


class BadSetting(Refused):
    """A rule has no such parameter, or it may not have this value."""

    code = "bad_setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number that a rule goes by. `customers`: each customer may choose another value."""

    name: str
    label: str
    unit: Unit
    default: int
    least: int
    most: int
    customers: bool = False

    def check(self, value: object) -> int:
        """The value. Raises `BadSetting`."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadSetting(f"{self.name}: give a whole number of {self.unit}")
        if not self.least <= value <= self.most:
            raise BadSetting(f"{self.name}: from {self.least} to {self.most} {self.unit}, please")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule has found. `reason`: one sentence. `others`: transactions that it is about beside
    the one that was looked at."""

    reason: str
    others: tuple[str, ...] = ()


Settings = Mapping[str, int]
Evaluate = Callable[[Fact, History, Settings], Finding | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`number`: its place in lists. `label`: what customers call the kind of alert, `about`: when
    they get one. `evaluate` is pure, and says at most one thing of a fact."""

    number: int
    name: str
    label: str
    about: str
    evaluate: Evaluate
    parameters: tuple[Parameter, ...] = ()

    @property
    def defaults(self) -> dict[str, int]:
        return {each.name: each.default for each in self.parameters}

    def checked(self, values: Mapping[str, object], *, customers: bool = False) -> dict[str, int]:
        """Values for some of the parameters, or of those that customers may choose.

        Raises `BadSetting`.
        """
        known = {each.name: each for each in self.parameters if each.customers or not customers}
        for name in values:
            if name not in known:
                raise BadSetting(f"{self.name} has no parameter {name[:40]!r} that you could set")
        return {name: known[name].check(value) for name, value in values.items()}
