"""A purchase above what the customer calls large."""

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.rules import Finding, Parameter, Rule, Settings, Unit
from alerts.domain.wording import money, on


def evaluate(fact: Fact, history: History, settings: Settings) -> Finding | None:
    if not fact.is_purchase or fact.spent < settings["amount"]:
        return None
    if history.charges and _is_usual(fact, history, settings):
        return None
    return Finding(
        reason=f"You paid {money(fact.minor, fact.currency)} to {fact.name} {on(fact.date)}."
    )


def _is_usual(fact: Fact, history: History, settings: Settings) -> bool:
    """Rent is large every month, and no news."""
    as_large = [each for each in history.charges if each.spent >= settings["amount"]]
    near = [each for each in as_large if abs(each.spent - fact.spent) * 20 <= fact.spent]
    return len(near) >= settings["usual_after"]


RULE = Rule(
    number=5,
    name="large_purchase",
    label="Large purchase",
    about="A purchase of more than you say.",
    evaluate=evaluate,
    parameters=(
        Parameter(
            name="amount",
            label="Purchases of at least",
            unit=Unit.MINOR,
            default=50_000,
            least=1_000,
            most=10_000_000,
            customers=True,
        ),
        Parameter(
            name="usual_after",
            label="No news after so many like it from one merchant",
            unit=Unit.TIMES,
            default=2,
            least=1,
            most=12,
        ),
    ),
)
