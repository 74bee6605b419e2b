"""A free trial became a paid subscription: nothing, or next to it, was charged first; and some days
later, for the first time, a price."""

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.rules import Finding, Parameter, Rule, Settings, Unit
from alerts.domain.trades import sells_by_subscription
from alerts.domain.wording import money, on

_DAY_S = 86_400


def evaluate(fact: Fact, history: History, settings: Settings) -> Finding | None:
    if not (fact.is_purchase and sells_by_subscription(fact.mcc)):
        return None
    before = history.charges
    if not before or any(each.spent > settings["free_up_to"] for each in before):
        return None
    trial = before[-1]
    days = round((fact.at - trial.at) / _DAY_S)
    if fact.spent <= settings["free_up_to"] or not _is_trial(days, settings):
        return None
    began = "free" if not trial.minor else f"for {money(trial.minor, trial.currency)}"
    amount = money(fact.minor, fact.currency)
    return Finding(
        reason=(
            f"Your trial of {fact.name}, which began {began} {on(trial.date)}, became a paid"
            f" subscription: {amount} {on(fact.date)}."
        ),
        others=(trial.transaction_id,),
    )


def _is_trial(days: int, settings: Settings) -> bool:
    return settings["shortest_days"] <= days <= settings["longest_days"]


RULE = Rule(
    number=4,
    name="trial_ended",
    label="A free trial became a paid subscription",
    about="Something that you tried for nothing charges you for the first time.",
    evaluate=evaluate,
    parameters=(
        Parameter(
            name="free_up_to",
            label="A trial costs at most",
            unit=Unit.MINOR,
            default=100,
            least=0,
            most=1_000,
        ),
        Parameter(
            name="shortest_days",
            label="It lasts at least",
            unit=Unit.DAYS,
            default=3,
            least=1,
            most=30,
        ),
        Parameter(
            name="longest_days",
            label="It lasts at most",
            unit=Unit.DAYS,
            default=95,
            least=7,
            most=380,
        ),
    ),
)
