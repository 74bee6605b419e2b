"""The bank charged a fee or interest."""

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.rules import Finding, Parameter, Rule, Settings, Unit
from alerts.domain.wording import money, on

_WORDS = {"fee": "A fee", "interest": "Interest"}


def evaluate(fact: Fact, history: History, settings: Settings) -> Finding | None:
    word = _WORDS.get(fact.kind)
    if word is None or fact.spent < settings["at_least"]:
        return None
    amount = money(fact.minor, fact.currency)
    return Finding(reason=f"{word} of {amount} was charged {on(fact.date)}: {fact.name}.")


RULE = Rule(
    number=11,
    name="fee_charged",
    label="Fee or interest charged",
    about="The bank charges you a fee or interest.",
    evaluate=evaluate,
    parameters=(
        Parameter(
            name="at_least",
            label="Of at least",
            unit=Unit.MINOR,
            default=1,
            least=1,
            most=100_000,
            customers=True,
        ),
    ),
)
