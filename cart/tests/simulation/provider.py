"""A payment provider that may fail to answer whatever it is asked."""

from collections.abc import Callable

from cart.domain.payments import Answer
from cart.provider import Authorisation, NoAnswer, Sandbox
from cart.tests.simulation.actors import Call, Fate, wait_for


class Moody(Sandbox):
    """The sandbox, before and after which the scheduler may lose what is said."""

    def authorise(self, asked: Authorisation) -> Answer:
        return _said("authorise", lambda: Sandbox.authorise(self, asked))

    def capture(self, key: str) -> Answer:
        return _said("capture", lambda: Sandbox.capture(self, key))

    def void(self, key: str) -> Answer:
        return _said("void", lambda: Sandbox.void(self, key))

    def inquire(self, key: str) -> Answer:
        return _said("inquire", lambda: Sandbox.inquire(self, key))


def _said(name: str, ask: Callable[[], Answer]) -> Answer:
    fate = wait_for(Call(f"provider {name}", is_to_provider=True))
    if fate is Fate.SILENT_BEFORE:
        raise NoAnswer
    answer = ask()
    if fate is Fate.SILENT_AFTER:
        raise NoAnswer
    return answer
