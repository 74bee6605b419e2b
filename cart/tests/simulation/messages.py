"""Work that some process will be given: the streams' news, tasks, and what customers want."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from cart.checkouts import unended
from cart.choreography import redrive
from cart.domain.carts import AddLine, Checkout
from cart.domain.payments import Answer
from cart.domain.purchases import CheckoutId, CustomerId
from cart.domain.saga import Action, Event, Saga
from cart.provider.sandbox import Method
from cart.repository.carts import CART_REPOSITORY
from cart.services import carts, payments
from cart.tests.simulation.world import World, line_of
from kernel.errors import Conflict, HubError, Refused

# Approving is what providers mostly do.
_METHODS = (*Method, *[Method.APPROVE] * 6)
_SWEPT_AFTER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Message:
    """Delivered at least once, unless it `may_get_lost`. `about`: the check-out, if it is of one.
    `expected`: the errors that are an answer, and no fault."""

    name: str
    work: Callable[[], object] = field(repr=False)
    about: CheckoutId | None = None
    may_get_lost: bool = False
    expected: tuple[type[HubError], ...] = ()


def news(action: Action, event: Event, world: World) -> Message:
    """A stream's record, to the service that acts on it."""
    work = partial(action.run, event, world.clock)
    return Message(name=action.name, work=work, about=event.purchase.checkout_id)


def inquiry(about: CheckoutId, world: World, answer: Answer | None = None) -> Message:
    """A task that finds out how a payment stands, or that brings the provider's `answer`."""
    if answer is None:
        work = partial(payments.inquire, about, world.clock)
        return Message(name="payments.inquire", work=work, about=about, may_get_lost=True)
    work = partial(payments.hear, about, answer, world.clock)
    return Message(name="payments.hear", work=work, about=about, may_get_lost=True)


def sweeps(world: World, saga: Saga) -> list[Message]:
    """What the sweeps find, each of it a message of its own."""
    found = [
        Message(
            name="redrive",
            work=partial(redrive, purchase, saga=saga, clock=world.clock),
            about=purchase.checkout_id,
            may_get_lost=True,
        )
        for purchase in unended(for_at_least=_SWEPT_AFTER, clock=world.clock)
    ]
    in_doubt = payments.in_doubt(for_at_least=_SWEPT_AFTER, clock=world.clock)
    return found + [inquiry(checkout_id, world) for checkout_id in in_doubt]


def customers_wishes(world: World, chance: random.Random) -> list[Message]:
    """Each customer checks out once or twice, and goes on filling the cart in another tab."""
    wishes = []
    for customer in world.customers:
        for _attempt in range(chance.choice((1, 1, 2))):
            method = chance.choice(_METHODS)
            wishes.append(_wish("check out", partial(_check_out, world, customer, method)))
        for _attempt in range(chance.choice((0, 0, 1, 2))):
            command = AddLine(line_of(chance.choice(sorted(world.initial)), 1))
            add = partial(carts.carry_out, customer, command, clock=world.clock)
            wishes.append(_wish("add", add))
    chance.shuffle(wishes)
    return wishes


def _wish(name: str, work: Callable[[], object]) -> Message:
    return Message(name=name, work=work, may_get_lost=True, expected=(Conflict, Refused))


def _check_out(world: World, customer: CustomerId, method: Method) -> None:
    """The ids are numbered, since the home shard follows from them."""
    read = CART_REPOSITORY.find(customer, world.now)
    checkout_id = CheckoutId(f"chk_{next(world.numbers)}")
    checkout = Checkout(checkout_id=checkout_id, method=method.value, begun_at=world.now)
    carts.begin(read, checkout, clock=world.clock)
