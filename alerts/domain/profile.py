"""A profile: what Second Look remembers of an account.

It is a set of facts, thinned by rules that look at the facts alone and not at when they came. A
fact is let go of only when others outrank it for ever: so any order of delivery leads to the same
profile. The newest facts stay, and of each merchant and month the latest, as far back as the
account's busy months allow.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import attrgetter

import msgspec

from alerts.domain.facts import LIVE_S, Fact, Key, changed, united

WINDOW_S = 400 * 86_400
RECENT = 48  # facts that stay whatever their merchant
OF_A_GROUP = 2  # facts of one merchant and month
GROUPS = 96  # so many pairs of merchant and month: the newest
_MONTH_S = 2_629_746
# `Fact.key` and its moment, for sorting and searching: a profile is gone through for every record.
_KEY, _AT = attrgetter("at", "place", "transaction_id"), attrgetter("at")
Group = tuple[int, str]  # a month, and a merchant


class Raised(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """That an owner was alerted by a rule to a transaction; `stands`: and it still holds."""

    transaction_id: str
    rule: str
    customer_id: str
    stands: bool

    @property
    def name(self) -> tuple[str, str, str]:
        return self.transaction_id, self.rule, self.customer_id


class Profile(msgspec.Struct, frozen=True, array_like=True):
    """`facts` in the order in which they happened. `countries`: where the account was used, and by
    which fact first. `since`: the moment of its first fact. `raised`: alerts about live facts."""

    facts: tuple[Fact, ...] = ()
    countries: dict[str, Key] = {}
    since: int | None = None
    raised: tuple[Raised, ...] = ()

    def united_with(self, heard: Sequence[Fact]) -> "Profile":
        """What was known and what is heard, nothing let go of."""
        known = {fact.transaction_id: fact for fact in self.facts}
        for fact in heard:
            before = known.get(fact.transaction_id)
            known[fact.transaction_id] = fact if before is None else united(before, fact)
        moments = [fact.at for fact in heard]
        return Profile(
            facts=tuple(sorted(known.values(), key=_KEY)),
            countries=_earliest(self.countries, heard),
            since=min(moments if self.since is None else [self.since, *moments]),
            raised=self.raised,
        )

    def live(self, first: Key) -> list[int]:
        """The places of facts that somebody may be alerted to, and that a fact with the key
        `first` may bear on: it comes before them."""
        floor = self.facts[-1].at - LIVE_S if self.facts else 0
        found: list[int] = []
        for place in range(len(self.facts) - 1, -1, -1):
            fact = self.facts[place]
            if fact.at < floor or fact.key < first:
                break
            if fact.news:
                found.append(place)
        return found[::-1]

    def kept(self, raised: Sequence[Raised] = ()) -> "Profile":
        """What is remembered of it: facts that outlive the others, and of live ones what was
        raised, where `raised` takes the place of what was known of the same alerts."""
        facts = _kept(self.facts)
        if not (self.raised or raised):
            return msgspec.structs.replace(self, facts=facts)
        floor = facts[-1].at - LIVE_S
        live = {fact.transaction_id for fact in facts if fact.at >= floor}
        by_name = {each.name: each for each in (*self.raised, *raised)}
        stays = (by_name[name] for name in sorted(by_name) if name[0] in live)
        return msgspec.structs.replace(self, facts=facts, raised=tuple(stays))


def _kept(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts that outlive the others, oldest first. `facts` is sorted."""
    newest = facts[-1].at
    facts = facts[bisect_left(facts, newest - WINDOW_S, key=_AT) :]
    cut = max(0, len(facts) - RECENT)
    kept = [*_latest_of_groups(facts, cut), *facts[cut:]] if cut else facts
    live = bisect_left(kept, newest - LIVE_S, key=_AT)
    nameless = [changed(fact, name="") if fact.name else fact for fact in kept[:live]]
    return (*nameless, *kept[live:])


def _latest_of_groups(facts: Sequence[Fact], cut: int) -> list[Fact]:
    """Of the facts before `cut`, the latest of each merchant and month."""
    counts: dict[Group, int] = {}
    chosen: list[tuple[Group, Fact]] = []
    for place in range(len(facts) - 1, -1, -1):
        fact = facts[place]
        group = (fact.at // _MONTH_S, fact.merchant)
        counts[group] = count = counts.get(group, 0) + 1
        if place < cut and count <= OF_A_GROUP:
            chosen.append((group, fact))
    if len(counts) > GROUPS:
        newest = set(sorted(counts, key=_by_month, reverse=True)[:GROUPS])
        chosen = [(group, fact) for group, fact in chosen if group in newest]
    return [fact for _group, fact in reversed(chosen)]


def _by_month(group: Group) -> tuple[int, str]:
    """Newest month first; within one by the name spelt backwards, as good as by chance."""
    return group[0], group[1][::-1]


def _earliest(known: dict[str, Key], heard: Iterable[Fact]) -> dict[str, Key]:
    countries = dict(known)
    for fact in heard:
        if fact.country:
            key = countries.get(fact.country)
            countries[fact.country] = fact.key if key is None else min(key, fact.key)
    return dict(sorted(countries.items()))
