"""A bill was posted for much more than was authorised, or than the customer usually adds."""

from statistics import median

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.rules import Finding, Parameter, Rule, Settings, Unit
from alerts.domain.wording import money, on

# Where tips are given, by merchant category code. Elsewhere an authorisation is an estimate.
_TIPPING = frozenset({"4121", "5811", "5812", "5813", "5814", "7230", "7297", "7298"})
_HABIT_LEAST = 4


def evaluate(fact: Fact, history: History, settings: Settings) -> Finding | None:
    added = _percent_added(fact)
    if added is None or added < settings["least_percent"]:
        return None
    usual = _usual_percent(history)
    too_much = added >= settings["percent"]
    unlike_before = usual is not None and added >= usual + settings["above_habit_points"]
    if not (too_much or unlike_before):
        return None
    assert fact.authorised is not None
    tip = money(abs(fact.minor) - abs(fact.authorised), fact.currency)
    than = f" You usually add {usual:.0f} %." if usual is not None and not too_much else ""
    bill, total = money(fact.authorised, fact.currency), money(fact.minor, fact.currency)
    reason = f"{fact.name} added {tip} ({added:.0f} %) to your bill of {bill} {on(fact.date)}"
    return Finding(reason=f"{reason}, {total} in all.{than}")


def _percent_added(fact: Fact) -> float | None:
    """How much more than authorised was posted; None where that says nothing."""
    authorised = abs(fact.authorised or 0)
    if not (fact.posted and fact.minor < 0 and authorised and fact.mcc in _TIPPING):
        return None
    return (abs(fact.minor) - authorised) * 100 / authorised


def _usual_percent(history: History) -> float | None:
    """What the customer adds, where there are enough bills to tell."""
    added = [percent for each in history.latest() if (percent := _percent_added(each)) is not None]
    return median(added) if len(added) >= _HABIT_LEAST else None


RULE = Rule(
    number=2,
    name="generous_tip",
    label="Unusually generous tip",
    about="A bill is posted for much more than you authorised, or than you usually add.",
    evaluate=evaluate,
    parameters=(
        Parameter(
            name="percent",
            label="Tips from this share of the bill on",
            unit=Unit.PERCENT,
            default=30,
            least=5,
            most=200,
            customers=True,
        ),
        Parameter(
            name="above_habit_points",
            label="Or so many percentage points above the customer's own habit",
            unit=Unit.PERCENT,
            default=10,
            least=1,
            most=100,
        ),
        Parameter(
            name="least_percent",
            label="Never below",
            unit=Unit.PERCENT,
            default=15,
            least=0,
            most=100,
        ),
    ),
)
