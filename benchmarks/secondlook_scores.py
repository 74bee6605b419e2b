"""Precision and recall of the rules on labelled stories, a naive baseline beside."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from alerts.domain.replaying import replay
from alerts.rules import rules
from alerts.services.observing import fact_of
from benchmarks.figures import Figure
from benchmarks.matching_cases.town import Town
from benchmarks.secondlook_cases import STORIES, stories
from benchmarks.secondlook_cases.life import NOW, Life
from benchmarks.secondlook_naive import naive
from txhub.public import Status, Transaction

_SINCE = NOW - timedelta(days=3)
_AIMS = {"precision": ">= 0.95", "recall": ">= 0.9"}
Alerted = Iterable[tuple[str, str]]  # kind, transaction


@dataclass(slots=True)
class Score:
    """By kind. An occurrence that is told twice counts once as right and once as wrong."""

    right: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    due: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, life: Life, alerted: Alerted, story: str) -> None:
        left = list(life.due)
        self.due.update(each.rule for each in left)
        for kind, transaction in alerted:
            self.made[kind] += 1
            met = [each for each in left if each.rule == kind and transaction in each.transactions]
            if met:
                left.remove(met[0])
                self.right[kind] += 1
            else:
                self.wrong.append(f"{kind} in {story}")
        self.wrong += [f"missed {each.rule} in {story}" for each in left]

    def rates(self, kind: str | None = None) -> dict[str, float]:
        kinds = [kind] if kind else list(STORIES)
        right, made, due = (
            sum(counted[each] for each in kinds) for counted in (self.right, self.made, self.due)
        )
        return {"precision": right / made if made else 1.0, "recall": right / due if due else 1.0}


def score(town: Town, seed: int, each: int) -> tuple[Score, Score]:
    """Ours, and the baseline's."""
    ours, naively = Score(), Score()
    for told in stories(town, seed, each):
        story = f"{told.kind}, {'due' if told.is_due else 'decoy'}"
        ours.add(told.life, alerts_of(told.life), story)
        naively.add(told.life, _naive_alerts(told.life), story)
    return ours, naively


def score_figures(ours: Score, naively: Score, how: str) -> Iterator[Figure]:
    for prefix, scored in (("", ours), ("baseline_", naively)):
        for name, value in scored.rates().items():
            aim = None if prefix else _AIMS[name]
            yield Figure(name=f"{prefix}{name}", value=value, unit="", how=how, aim=aim)
    for kind in STORIES:
        for prefix, scored in (("", ours), ("baseline_", naively)):
            for name, value in scored.rates(kind).items():
                counted = f"{scored.right[kind]} right, {scored.made[kind]} made"
                told = f"{counted}, {scored.due[kind]} due"
                yield Figure(name=f"{prefix}{name}_{kind}", value=value, unit="", how=told)


def alerts_of(life: Life) -> Iterator[tuple[str, str]]:
    chosen = {"large_purchase": {"amount": life.threshold}, "balance_low": {"amount": life.low}}
    applied = [(rule, {**rule.defaults, **chosen.get(rule.name, {})}) for rule in rules()]
    facts = [fact_of(stored, seen=written) for written, stored in life.records]
    for found in replay(facts, applied, since=int(_SINCE.timestamp())):
        yield found.rule.name, found.fact.transaction_id


def _naive_alerts(life: Life) -> Iterator[tuple[str, str]]:
    final: dict[str, Transaction] = {}
    for _written, stored in life.records:
        said, before = stored.transaction, final.get(stored.transaction.transaction_id)
        if before is not None and before.status is Status.PENDING:
            said = replace(said, authorised_amount=before.amount)
        final[said.transaction_id] = said
    told = sorted(final.values(), key=lambda said: (said.occurred_on, said.transaction_id))
    for kind, each in naive(told, life.threshold, life.low):
        if each.occurred_on >= _SINCE.date():
            yield kind, each.transaction_id
