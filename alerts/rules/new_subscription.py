"""A new subscription: the second charge of one price, a week, a month or a year after the first,
from a merchant who sells so and never charged anything else."""

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.rhythm import rhythm_of
from alerts.domain.rules import Finding, Parameter, Rule, Settings, Unit
from alerts.domain.trades import is_subscription
from alerts.domain.wording import money, on


def evaluate(fact: Fact, history: History, settings: Settings) -> Finding | None:
    if not fact.is_purchase or fact.spent < settings["at_least"]:
        return None
    needed = 1 if is_subscription(fact.mcc) else settings["before_elsewhere"]
    before = history.charges
    # A trial before it is another rule's news.
    if len(before) != needed or any(each.minor != fact.minor for each in before):
        return None
    rhythm = rhythm_of([each.at for each in (*before, fact)])
    if rhythm is None or _is_bill(fact, needed):
        return None
    amount = money(fact.minor, fact.currency)
    first = before[0]
    return Finding(
        reason=(
            f"{fact.name} charges you {amount} {rhythm}: first {on(first.date)}, and again"
            f" {on(fact.date)}."
        ),
        others=tuple(each.transaction_id for each in reversed(before)),
    )


def _is_bill(fact: Fact, needed: int) -> bool:
    """With a card, merchants of all trades are met once a month by chance."""
    return needed > 1 and fact.kind == "card" and bool(fact.mcc)


RULE = Rule(
    number=8,
    name="new_subscription",
    label="New subscription",
    about="A merchant begins to charge you regularly.",
    evaluate=evaluate,
    parameters=(
        Parameter(
            name="at_least",
            label="Of at least",
            unit=Unit.MINOR,
            default=100,
            least=1,
            most=100_000,
            customers=True,
        ),
        Parameter(
            name="before_elsewhere",
            label="Equal charges before it, where subscriptions are not usual",
            unit=Unit.TIMES,
            default=2,
            least=2,
            most=6,
        ),
    ),
)
