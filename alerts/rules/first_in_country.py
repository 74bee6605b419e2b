"""The first purchase in a country that the account was never used in before."""

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.rules import Finding, Parameter, Rule, Settings, Unit
from alerts.domain.wording import money, on

_IN_PERSON = frozenset({"card", "cash"})


def evaluate(fact: Fact, history: History, settings: Settings) -> Finding | None:
    if not fact.country or fact.kind not in _IN_PERSON or fact.minor >= 0:
        return None
    if history.was_in(fact.country) or history.days_known < settings["known_days"]:
        return None
    amount = money(fact.minor, fact.currency)
    return Finding(
        reason=(
            f"Your first payment in this country ({fact.country}): {amount} to {fact.name}"
            f" {on(fact.date)}."
        )
    )


RULE = Rule(
    number=7,
    name="first_in_country",
    label="First payment in a country",
    about="Your account is used in a country where it never was before.",
    evaluate=evaluate,
    parameters=(
        Parameter(
            name="known_days",
            label="Only where the account has been known for",
            unit=Unit.DAYS,
            default=30,
            least=0,
            most=400,
        ),
    ),
)
