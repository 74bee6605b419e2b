"""Rules' settings: which versions there are, and which is in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """Values for some of a rule's parameters, the others being its defaults. Never changed."""

    rule: str
    number: int
    values: Mapping[str, int]
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What a rule goes by now. `number` 0: its defaults. `on`: whether it is applied at all.
    `version` counts the changes of this."""

    rule: str
    number: int = 0
    values: Mapping[str, int]
    on: bool = True
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What customers said of the alerts that a version of the settings raised."""

    helpful: int = 0
    not_helpful: int = 0

    @property
    def count(self) -> int:
        return self.helpful + self.not_helpful

    @property
    def share(self) -> float | None:
        """How many of those who answered found it helpful; None where nobody has."""
        return self.helpful / self.count if self.count else None
