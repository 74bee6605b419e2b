"""What had happened before a fact: all that a rule may look at beside the fact itself.

Later facts are out of sight, whenever they were heard of. So what a rule says of a fact depends on
what happened, and not on when we learnt of it.
"""

from collections.abc import Iterator, Sequence

from alerts.domain.facts import Fact
from alerts.domain.profile import Profile

_DAY_S = 86_400


class History:
    """The facts of `profile` before the one at `place`, oldest first."""

    def __init__(self, profile: Profile, place: int) -> None:
        self._profile, self._place = profile, place
        self._fact = profile.facts[place]
        # Earlier facts of the same merchant in the same currency; purchases among them; and those
        # that cost something.
        self.same_merchant: Sequence[Fact] = self._of_merchant()
        self.charges = [
            one for one in self.same_merchant if one.kind in _CHARGES and one.minor <= 0
        ]
        self.paid = [one for one in self.charges if one.minor < 0]

    def _of_merchant(self) -> list[Fact]:
        merchant, currency = self._fact.merchant, self._fact.currency
        if not merchant:
            return []
        return [
            each
            for each in self._profile.facts[: self._place]
            if each.merchant == merchant and each.currency == currency and not each.removed
        ]

    def latest(self) -> Iterator[Fact]:
        """All earlier facts, the latest first."""
        facts = self._profile.facts
        for place in range(self._place - 1, -1, -1):
            if not facts[place].removed:
                yield facts[place]

    def since(self, seconds: int) -> Iterator[Fact]:
        """Those of the last so many seconds before the fact, the latest first."""
        floor = self._fact.at - seconds
        for each in self.latest():
            if each.at < floor:
                return
            yield each

    def was_in(self, country: str) -> bool:
        """Whether the account was used there before."""
        first = self._profile.countries.get(country)
        return first is not None and first < self._fact.key

    @property
    def days_known(self) -> int:
        """For how long the account had been known."""
        since = self._profile.since
        return 0 if since is None else (self._fact.at - since) // _DAY_S


_CHARGES = frozenset({"card", "payment"})
