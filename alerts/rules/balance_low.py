"""The balance fell below what the customer calls low."""

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.rules import Finding, Parameter, Rule, Settings, Unit
from alerts.domain.wording import money, on


def evaluate(fact: Fact, history: History, settings: Settings) -> Finding | None:
    if fact.balance is None or fact.minor >= 0 or fact.balance >= settings["amount"]:
        return None
    if fact.balance - fact.minor < settings["amount"]:
        return None  # it was low before: nothing new
    balance, paid = money(fact.balance, fact.currency), money(fact.minor, fact.currency)
    below = "overdrawn by " if fact.balance < 0 else ""
    return Finding(
        reason=f"Your balance is {below}{balance} after {paid} to {fact.name} {on(fact.date)}."
    )


RULE = Rule(
    number=12,
    name="balance_low",
    label="Balance low",
    about="Your balance falls below what you say.",
    evaluate=evaluate,
    parameters=(
        Parameter(
            name="amount",
            label="Below",
            unit=Unit.MINOR,
            default=5_000,
            least=0,
            most=1_000_000,
            customers=True,
        ),
    ),
)
