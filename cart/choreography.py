"""The check-out, choreographed: what a service writes down of a check-out comes on its table's
stream, and whoever's turn is next acts on it. Nobody conducts.

    carts --> orders --> stock --> payments --> payments --> orders --> stock --> carts
    begun     pending    reserved  authorised   captured     confirmed  sold      free

A stream delivers at least once, and here also late, twice and in any order: every action is safe to
repeat. What no stream will deliver any more, `redrive` says again.
"""

from contextlib import suppress

from aws.dynamodb import Item
from aws.streams import Change
from cart.checkouts import REPOSITORIES, event_of_item, perform, standing
from cart.domain.purchases import Purchase
from cart.domain.saga import Event, InDoubt, Saga
from cart.services.checkout import CHECKOUT
from kernel.clock import Clock, utc_now

_SERVICES = {each.table.name: service for service, each in REPOSITORIES.items()}


def event_of(change: Change) -> Event | None:
    """What a change of a service's table tells the others; None where it is no news to them."""
    if change.new is None or _status(change.new) == _status(change.old or {}):
        return None
    return event_of_item(_SERVICES[change.table], change.new)


def redrive(purchase: Purchase, *, saga: Saga = CHECKOUT, clock: Clock = utc_now) -> None:
    """Acts again on what each service's record says of a check-out, in case the news of it is lost.

    Raises what the actions raise.
    """
    for service in REPOSITORIES:
        event = standing(service, purchase)
        action = saga.after(event) if event else None
        if event is not None and action is not None:
            perform(action, event, clock)


def take_back(purchase: Purchase, reason: str, *, clock: Clock = utc_now) -> None:
    """All that takes a check-out back, by hand and not because a step was refused.

    Raises `OutOfOrder` where the money is, or may be, taken already; and what the actions raise.
    """
    service, status = CHECKOUT.begun
    event = Event(service=service, status=status, purchase=purchase, reason=reason)
    for action in CHECKOUT.compensations:
        with suppress(InDoubt):  # it is decided: what is in doubt is no more than when
            perform(action, event, clock)


def _status(item: Item) -> tuple[str | None, str | None]:
    """What tells news from other changes: a record's status, or the check-out of a cart."""
    return item.get("s"), item.get("k")
