"""A recurring charge went up: the same price at regular intervals, and now more.

Bills that vary every time are no recurring charge in this sense (see `bill_higher`).
"""

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.rhythm import rhythm_of
from alerts.domain.rules import Finding, Parameter, Rule, Settings, Unit
from alerts.domain.wording import money, on


def evaluate(fact: Fact, history: History, settings: Settings) -> Finding | None:
    if not fact.is_purchase:
        return None
    times = settings["same_before"]
    steady = history.paid[-times:]
    if len(steady) < times or len({each.minor for each in steady}) > 1:
        return None
    last = steady[-1]
    rhythm = rhythm_of([each.at for each in (*steady, fact)])
    if rhythm is None or not _is_notable(fact.spent - last.spent, last.spent, settings):
        return None
    was, now = money(last.minor, last.currency), money(fact.minor, fact.currency)
    since = f"the last was {was} {on(last.date)}"
    return Finding(
        reason=f"Your {rhythm} charge from {fact.name} went up to {now} {on(fact.date)}; {since}.",
        others=(last.transaction_id,),
    )


def _is_notable(more: int, before: int, settings: Settings) -> bool:
    return more > 0 and more * 100 >= before * settings["percent"]


RULE = Rule(
    number=3,
    name="price_increase",
    label="A recurring charge went up",
    about="A subscription or another regular charge takes more than the last time.",
    evaluate=evaluate,
    parameters=(
        Parameter(
            name="percent",
            label="Up by at least",
            unit=Unit.PERCENT,
            default=1,
            least=0,
            most=100,
            customers=True,
        ),
        Parameter(
            name="same_before",
            label="Charges of one price before it",
            unit=Unit.TIMES,
            default=2,
            least=2,
            most=6,
        ),
    ),
)
