"""Second Look itself: what an account's owners are to be told, given what is heard of it.

The outcome depends on the set of facts and not on how they came: every live fact that something
heard may bear on is looked at again, with all that happened before it in sight. What was raised and
does not hold any more is taken back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.profile import Profile, Raised
from alerts.domain.rules import Finding, Rule, Settings
from txhub.domain.entities import CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An owner, and by which rules and settings he wants his account looked at."""

    customer_id: CustomerId
    settings: Mapping[str, Settings]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """About one owner, rule and fact: what was found, None for nothing any more."""

    raised: Raised
    finding: Finding | None = field(repr=False)


# A rule, with settings, and the owners who go by these.
Asked = tuple[Rule, Settings, list[Owner]]


def look(
    profile: Profile, places: Sequence[int], rules: Iterable[Rule], owners: Sequence[Owner]
) -> list[Decision]:
    """What to tell about the live facts at these places of the profile, and what to take back."""
    looked_at = {profile.facts[place].transaction_id for place in places}
    asked = [(rule, *alike) for rule in rules for alike in _alike(rule, owners)]
    found = {
        each.raised.name: each
        for place in places
        if not profile.facts[place].removed
        for each in _findings(profile, place, asked)
    }
    gone = [
        Decision(raised=Raised(*each.name, stands=False), finding=None)
        for each in profile.raised
        if each.transaction_id in looked_at and each.name not in found
    ]
    return [*found.values(), *gone]


def _findings(profile: Profile, place: int, asked: Iterable[Asked]) -> Iterator[Decision]:
    fact, history = profile.facts[place], History(profile, place)
    for rule, settings, wanting in asked:
        finding = rule.evaluate(fact, history, settings)
        if finding is None:
            continue
        for owner in wanting:
            raised = Raised(fact.transaction_id, rule.name, owner.customer_id, stands=True)
            yield Decision(raised=raised, finding=finding)


def _alike(rule: Rule, owners: Sequence[Owner]) -> list[tuple[Settings, list[Owner]]]:
    """Owners who go by the same settings, for whom it is looked once; without those who do not
    want the rule."""
    groups: list[tuple[Settings, list[Owner]]] = []
    for owner in owners:
        settings = owner.settings.get(rule.name)
        if settings is None:
            continue
        for known, wanting in groups:
            if known == settings:
                wanting.append(owner)
                break
        else:
            groups.append((settings, [owner]))
    return groups


def live_after(profile: Profile, heard: Sequence[Fact]) -> list[int]:
    """The places of the live facts that `heard` may bear on."""
    return profile.live(min(fact.key for fact in heard))
