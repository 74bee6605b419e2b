"""Several small charges in a row, such as somebody makes who tries a stolen card."""

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.rules import Finding, Parameter, Rule, Settings, Unit
from alerts.domain.trades import takes_small_change
from alerts.domain.wording import gap, money, on


def evaluate(fact: Fact, history: History, settings: Settings) -> Finding | None:
    if not _is_one(fact, settings):
        return None
    row = [
        each for each in history.since(settings["within_minutes"] * 60) if _is_one(each, settings)
    ]
    # Told once, when the row is long enough.
    if len(row) + 1 != settings["charges"]:
        return None
    total = money(fact.minor + sum(each.minor for each in row), fact.currency)
    return Finding(
        reason=(
            f"{len(row) + 1} small card payments within {gap(fact.at - row[-1].at)}"
            f" {on(fact.date)}, {total} in all, the last to {fact.name}."
        ),
        others=tuple(each.transaction_id for each in row),
    )


def _is_one(fact: Fact, settings: Settings) -> bool:
    small = 0 < fact.spent <= settings["up_to"]
    return small and fact.kind == "card" and fact.timed and not takes_small_change(fact.mcc)


RULE = Rule(
    number=10,
    name="small_charges",
    label="Several small payments in a row",
    about="Your card is used for several very small payments within a short time.",
    evaluate=evaluate,
    parameters=(
        Parameter(
            name="up_to",
            label="Payments of at most",
            unit=Unit.MINOR,
            default=300,
            least=1,
            most=5_000,
        ),
        Parameter(
            name="charges",
            label="So many of them",
            unit=Unit.TIMES,
            default=3,
            least=2,
            most=20,
        ),
        Parameter(
            name="within_minutes",
            label="Within",
            unit=Unit.MINUTES,
            default=60,
            least=1,
            most=1_440,
        ),
    ),
)
