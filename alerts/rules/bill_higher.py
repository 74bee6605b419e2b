"""A regular bill that varies is higher than it usually is."""

from collections.abc import Sequence
from statistics import median

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.rhythm import rhythm_of
from alerts.domain.rules import Finding, Parameter, Rule, Settings, Unit
from alerts.domain.wording import money, on

_LOOKED_BACK = 12


def evaluate(fact: Fact, history: History, settings: Settings) -> Finding | None:
    if not fact.is_purchase:
        return None
    before = history.paid[-_LOOKED_BACK:]
    lately = before[-settings["bills_before"] :]
    if len(lately) < settings["bills_before"] or _is_steady(lately):
        return None
    if rhythm_of([each.at for each in (*lately, fact)]) is None:
        return None
    usual = round(median(each.spent for each in before))
    highest = max(each.spent for each in before)
    if fact.spent * 100 < usual * (100 + settings["percent"]) or fact.spent <= highest:
        return None
    now, before_ = money(fact.minor, fact.currency), money(usual, fact.currency)
    more = round(fact.spent * 100 / usual) - 100
    return Finding(
        reason=(
            f"Your bill from {fact.name} {on(fact.date)} is {now}, {more} % more than the usual"
            f" {before_}."
        ),
        others=(lately[-1].transaction_id,),
    )


def _is_steady(lately: Sequence[Fact]) -> bool:
    """One price is a recurring charge, whose going up is another rule's news."""
    return len({each.minor for each in lately[-2:]}) == 1


RULE = Rule(
    number=9,
    name="bill_higher",
    label="Bill higher than usual",
    about="A regular bill is much higher than it usually is.",
    evaluate=evaluate,
    parameters=(
        Parameter(
            name="percent",
            label="Above the usual by at least",
            unit=Unit.PERCENT,
            default=30,
            least=5,
            most=500,
            customers=True,
        ),
        Parameter(
            name="bills_before",
            label="Bills before it",
            unit=Unit.TIMES,
            default=3,
            least=2,
            most=12,
        ),
    ),
)
