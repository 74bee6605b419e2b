"""A merchant gave money back."""

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.rules import Finding, Parameter, Rule, Settings, Unit
from alerts.domain.wording import money, on

_DAY_S = 86_400
_NOT_FROM_MERCHANTS = frozenset({"interest", "fee", "cash"})


def evaluate(fact: Fact, history: History, settings: Settings) -> Finding | None:
    if fact.minor < settings["at_least"] or fact.kind in _NOT_FROM_MERCHANTS:
        return None
    purchase = _purchase(fact, history, settings["within_days"] * _DAY_S)
    if purchase is None and fact.kind != "refund":
        return None
    amount = money(fact.minor, fact.currency)
    reason = f"{fact.name} refunded you {amount} {on(fact.date)}"
    if purchase is None:
        return Finding(reason=f"{reason}.")
    paid = money(purchase.minor, purchase.currency)
    return Finding(
        reason=f"{reason}, for your purchase of {paid} {on(purchase.date)}.",
        others=(purchase.transaction_id,),
    )


def _purchase(fact: Fact, history: History, within_s: int) -> Fact | None:
    """What was taken back: what the refund names, else one of the same amount, else the latest
    that cost more."""
    if fact.undoes:
        named = (each for each in history.latest() if each.transaction_id == fact.undoes)
        return next(named, None)
    paid = [each for each in history.charges if fact.at - each.at <= within_s]
    equal = [each for each in paid if each.spent == fact.minor]
    larger = [each for each in paid if each.spent > fact.minor]
    return next(reversed(equal or larger), None)


RULE = Rule(
    number=6,
    name="refund_arrived",
    label="Refund arrived",
    about="A merchant gives you money back.",
    evaluate=evaluate,
    parameters=(
        Parameter(
            name="at_least",
            label="Refunds of at least",
            unit=Unit.MINOR,
            default=1,
            least=1,
            most=100_000,
            customers=True,
        ),
        Parameter(
            name="within_days",
            label="For purchases of the last",
            unit=Unit.DAYS,
            default=120,
            least=1,
            most=400,
        ),
    ),
)
