"""The check-out, choreographed: what a service writes down of a check-out comes on its table's
stream, and whoever's turn is next acts on it. Nobody conducts.

    carts --> orders --> stock --> payments --> payments --> orders --> stock --> carts
    begun     pending    reserved  authorised   captured     confirmed  sold      free

A stream delivers at least once, and here also late, twice and in any order: every action is safe to
repeat. What no stream will deliver any more, `redrive` says again.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from aws.dynamodb import Item
from aws.streams import Change
from cart.domain.purchases import Purchase
from cart.domain.saga import Action, Event, InDoubt, Outcome, Saga, Service
from cart.repository.carts import CART_REPOSITORY, event_from_cart_item
from cart.repository.orders import ORDER_REPOSITORY
from cart.repository.payments import PAYMENT_REPOSITORY
from cart.repository.records import event_from_item
from cart.repository.stock import STOCK_REPOSITORY
from cart.services.checkout import CHECKOUT
from kernel.clock import Clock, utc_now
from kernel.errors import Unavailable
from kernel.retry import GiveUp, RetryPolicy

REPOSITORIES = {
    Service.CARTS: CART_REPOSITORY,
    Service.ORDERS: ORDER_REPOSITORY,
    Service.STOCK: STOCK_REPOSITORY,
    Service.PAYMENTS: PAYMENT_REPOSITORY,
}
_SERVICES = {each.table.name: service for service, each in REPOSITORIES.items()}
# Competing transactions on a hot product: they are over in milliseconds.
_COMPETING = RetryPolicy(base_s=0.01, delay_s_max=0.2, attempts_max=8)


def event_of(change: Change) -> Event | None:
    """What a change of a service's table tells the others; None where it is no news to them."""
    service = _SERVICES[change.table]
    if change.new is None or _status(change.new) == _status(change.old or {}):
        return None
    return _event(service, change.new)


def perform(action: Action, event: Event, clock: Clock = utc_now) -> Outcome:
    """Runs an action, again where it met others. Raises what the action raises."""
    attempt = 1
    while True:
        try:
            return action.run(event, clock)
        except InDoubt:
            raise
        except Unavailable as error:
            decision = _COMPETING.decide(error, attempt=attempt)
            if error.retry_after_s > 0 or isinstance(decision, GiveUp):
                raise
            time.sleep(decision.seconds)
            attempt += 1


def unended(*, for_at_least: timedelta, clock: Clock = utc_now) -> Iterator[Purchase]:
    """The check-outs that began so long ago and have not ended, the oldest first."""
    for customer_id in CART_REPOSITORY.open_until(clock() - for_at_least):
        item = CART_REPOSITORY.get(customer_id, consistent=True)
        event = _event(Service.CARTS, item) if item else None
        if event is not None:
            yield event.purchase


def redrive(purchase: Purchase, *, saga: Saga = CHECKOUT, clock: Clock = utc_now) -> None:
    """Acts again on what each service's record says of a check-out, in case the news of it is lost.

    Raises what the actions raise.
    """
    for event in _standing(purchase):
        action = saga.after(event)
        if action is not None:
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


def _standing(purchase: Purchase) -> Iterator[Event]:
    for service, repository in REPOSITORIES.items():
        is_cart = service is Service.CARTS
        key = purchase.customer_id if is_cart else purchase.checkout_id
        item = repository.get(key, consistent=True)
        event = _event(service, item) if item else None
        if event is not None and event.purchase.checkout_id == purchase.checkout_id:
            yield event


def _status(item: Item) -> tuple[str | None, str | None]:
    """What tells news from other changes: a record's status, or the check-out of a cart."""
    return item.get("s"), item.get("k")


def _event(service: Service, item: Item) -> Event | None:
    if service is Service.CARTS:
        return event_from_cart_item(item)
    return event_from_item(service, item) if "s" in item else None
