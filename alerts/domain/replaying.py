"""Rules played over transactions that have happened already."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.profile import Profile
from alerts.domain.rules import Finding, Rule, Settings


class Found(NamedTuple):
    """A rule's finding about a fact."""

    rule: Rule
    fact: Fact
    finding: Finding


def replay(
    facts: Sequence[Fact], rules: Iterable[tuple[Rule, Settings]], *, since: int
) -> Iterator[Found]:
    """What the rules say of one account's facts from the moment `since` on (epoch seconds), each
    with all facts before it in sight: more than a profile keeps of a very busy account."""
    if not facts:
        return
    applied = list(rules)
    profile = Profile().united_with(facts)
    for place, fact in enumerate(profile.facts):
        if fact.at < since or fact.removed:
            continue
        history = History(profile, place)
        for rule, settings in applied:
            finding = rule.evaluate(fact, history, settings)
            if finding is not None:
                yield Found(rule, fact, finding)
