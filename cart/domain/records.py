"""What a service writes down of a check-out: an order, a reservation, a payment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, Self, TypeVar

from cart.domain.purchases import Purchase

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutRecord(Generic[S]):
    """`at`: when it came to its status. `earlier`: where it stood before, since when. `reason`: the
    code of the refusal that this is about."""

    NEXT: ClassVar[Mapping[Any, frozenset[Any]]]  # the moves that there are

    purchase: Purchase
    status: S
    at: datetime
    reason: str = ""
    earlier: tuple[tuple[S, datetime], ...] = ()
    version: int = 1

    def can_move(self, to: S) -> bool:
        return to in self.NEXT[self.status]

    def moved(self, to: S, at: datetime, *, reason: str = "") -> Self:
        """The next version of it; a reason that was given stays."""
        assert self.can_move(to), f"{self.status} -> {to}"
        return replace(
            self,
            status=to,
            at=at,
            reason=reason or self.reason,
            earlier=(*self.earlier, (self.status, self.at)),
            version=self.version + 1,
        )

    @property
    def moments(self) -> tuple[tuple[S, datetime], ...]:
        """Where it stood since when, the last one now."""
        return (*self.earlier, (self.status, self.at))
