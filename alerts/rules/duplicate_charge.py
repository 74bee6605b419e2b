"""The same merchant takes the same amount twice.

Two coffees happen: small amounts, and prices that the customer pays there every other day, count
only within a minute or two, in which no second sale is made. Where pairs have happened before they
are a habit. A refund in between takes back one charge before it.
"""

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.rules import Finding, Parameter, Rule, Settings, Unit
from alerts.domain.wording import gap, money, on

_USUAL_DAYS = 2  # a price paid on so many other days is a usual one


def evaluate(fact: Fact, history: History, settings: Settings) -> Finding | None:
    if not fact.is_purchase:
        return None
    equal = [each for each in history.charges if each.minor == fact.minor]
    near_s = settings["within_hours"] * 3600
    earlier = _standing(equal, fact, near_s, history)
    if earlier is None or fact.at - earlier.at > _patience_s(fact, earlier, equal, settings):
        return None
    amount = money(fact.minor, fact.currency)
    reason = f"{fact.name} charged you {amount} twice {_when(earlier, fact)}."
    return Finding(reason=reason, others=(earlier.transaction_id,))


def _standing(equal: list[Fact], fact: Fact, near_s: int, history: History) -> Fact | None:
    """The latest equal charge shortly before that no refund has taken back."""
    near = [each for each in equal if fact.at - each.at <= near_s]
    if not near:
        return None
    refunds = [
        each
        for each in history.same_merchant
        if each.minor == -fact.minor and each.at >= near[0].at
    ]
    standing = near[: len(near) - len(refunds)] if refunds else near
    return standing[-1] if standing else None


def _patience_s(fact: Fact, earlier: Fact, equal: list[Fact], settings: Settings) -> int:
    """How far apart the two may be."""
    moments_known = fact.timed and earlier.timed
    other_days = {each.day for each in equal} - {fact.day, earlier.day}
    pairs_before = len([each for each in equal if each.day in other_days]) > len(other_days)
    usual = len(other_days) >= _USUAL_DAYS or fact.spent < settings["small_below"]
    if usual or pairs_before:
        return settings["small_within_minutes"] * 60 if moments_known else -1
    return settings["within_hours"] * 3600


def _when(earlier: Fact, fact: Fact) -> str:
    if fact.timed and earlier.timed and fact.day == earlier.day:
        return f"{on(fact.date)}, {gap(fact.at - earlier.at)} apart"
    if fact.day == earlier.day:
        return on(fact.date)
    return f"within a day, {on(earlier.date)} and {on(fact.date)}"


RULE = Rule(
    number=1,
    name="duplicate_charge",
    label="Charged twice",
    about="The same merchant takes the same amount twice within a short time.",
    evaluate=evaluate,
    parameters=(
        Parameter(
            name="within_hours",
            label="Charges at most so far apart",
            unit=Unit.HOURS,
            default=24,
            least=1,
            most=72,
        ),
        Parameter(
            name="small_below",
            label="Amounts below this are small",
            unit=Unit.MINOR,
            default=1_000,
            least=0,
            most=10_000,
        ),
        Parameter(
            name="small_within_minutes",
            label="Small or usual amounts at most so far apart",
            unit=Unit.MINUTES,
            default=2,
            least=0,
            most=60,
        ),
    ),
)
