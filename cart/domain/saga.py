"""A saga: steps that each service does in a transaction of its own, and what takes them back.

    steps              each begins when the one before it is done
    a refusal          the steps before it are taken back, the last one first
    the pivot          the step that decides: none before it may lack a compensation, and none
                       after it may be refused

What is written down of a step is a status in its service's own table. The service's stream tells
the others; so the definition says which statuses mean what, and `after` what they lead to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from cart.domain.purchases import Purchase
from kernel.clock import Clock
from kernel.errors import Conflict, Unavailable


class Service(StrEnum):
    """Who takes part. Each owns its table, and what takes its step back."""

    CARTS = "carts"
    ORDERS = "orders"
    STOCK = "stock"
    PAYMENTS = "payments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A service's record of a check-out has come to a status. `reason`: the code of the refusal
    that this is about, empty while there is none."""

    service: Service
    status: str
    purchase: Purchase
    reason: str = ""


class Outcome(StrEnum):
    """How a service's action ended; it stands in the service's record before it is said."""

    DONE = "done"
    REFUSED = "refused"


class InDoubt(Unavailable):
    """Nobody knows yet whether it was done; the service finds out by itself and then goes on."""

    code = "in_doubt"


class OutOfOrder(Conflict):
    """The service's record is where this can neither be done nor have been done: a person must
    look at this check-out."""

    code = "saga_out_of_order"


# Does a service's part because of an event. Safe to repeat, at any time and in any order with
# repetitions of others. Raises `Unavailable` where it should be called again.
Run = Callable[[Event, Clock], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What a service does in one go. `done`: the statuses that say that it is done."""

    name: str
    service: Service
    run: Run = field(repr=False)
    done: frozenset[str]

    @property
    def says(self) -> list["Said"]:
        return [(self.service, status) for status in sorted(self.done)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`refused`: the statuses that say that the service would not. `back`: what takes it back."""

    does: Action
    refused: frozenset[str] = frozenset()
    back: Action | None = None
    is_pivot: bool = False


Said = tuple[Service, str]  # a service's record has come to this status


@dataclass(frozen=True, kw_only=True)
class Saga:
    """`begun`: what says that somebody began it, `rolled_back`: what sets him free again when all
    steps are taken back."""

    begun: Said
    rolled_back: Action
    steps: tuple[Step, ...]

    def after(self, event: Event) -> Action | None:
        """What is to be done because of an event; None where the saga ends with it."""
        return self.reactions.get((event.service, event.status))

    def outcome(self, action: Action, status: str) -> Outcome | None:
        """How an action has ended, where its service's record is at `status`; None: it has not."""
        if status in action.done:
            return Outcome.DONE
        follows = self.reactions.get((action.service, status))
        return Outcome.REFUSED if follows in self.compensations else None

    @cached_property
    def reactions(self) -> Mapping[Said, Action]:
        """Which status of which service leads to which action."""
        found = {self.begun: self.steps[0].does}
        for step, following in pairwise(self.steps):
            found |= dict.fromkeys(step.does.says, following.does)
        take_back = self.rolled_back
        for step in self.steps:
            found |= dict.fromkeys(((step.does.service, each) for each in step.refused), take_back)
            if step.back is not None:
                found |= dict.fromkeys(step.back.says, take_back)
                take_back = step.back
        return found

    def way_back(self, number: int) -> list[Action]:
        """What takes back the steps before this one, the last one first, and ends the saga."""
        taken_back = [step.back for step in reversed(self.steps[:number]) if step.back]
        return [*taken_back, self.rolled_back]

    @property
    def compensations(self) -> list[Action]:
        """What takes all of it back, in the order in which that is done."""
        return self.way_back(len(self.steps))

    @property
    def actions(self) -> list[Action]:
        """All that can happen in it: each step and what takes it back."""
        pairs = [(step.does, step.back) for step in self.steps]
        return [action for pair in pairs for action in pair if action] + [self.rolled_back]
