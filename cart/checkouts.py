"""What a check-out needs however it gets from step to step: its actions performed, and what each
service's record says of it."""

import time
from collections.abc import Iterator
from datetime import timedelta

from aws.dynamodb import Item
from cart.domain.purchases import Purchase
from cart.domain.saga import Action, Event, InDoubt, Outcome, Service
from cart.repository.carts import CART_REPOSITORY, event_from_cart_item
from cart.repository.orders import ORDER_REPOSITORY
from cart.repository.payments import PAYMENT_REPOSITORY
from cart.repository.records import event_from_item
from cart.repository.stock import STOCK_REPOSITORY
from kernel.clock import Clock, utc_now
from kernel.errors import Unavailable
from kernel.retry import GiveUp, RetryPolicy

REPOSITORIES = {
    Service.CARTS: CART_REPOSITORY,
    Service.ORDERS: ORDER_REPOSITORY,
    Service.STOCK: STOCK_REPOSITORY,
    Service.PAYMENTS: PAYMENT_REPOSITORY,
}
# Competing transactions on a hot product: they are over in milliseconds.
_COMPETING = RetryPolicy(base_s=0.01, delay_s_max=0.2, attempts_max=8)


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
        event = event_of_item(Service.CARTS, item) if item else None
        if event is not None:
            yield event.purchase


def standing(service: Service, purchase: Purchase) -> Event | None:
    """What the service's record says of a check-out; None where it has none."""
    key = purchase.customer_id if service is Service.CARTS else purchase.checkout_id
    item = REPOSITORIES[service].get(key, consistent=True)
    event = event_of_item(service, item) if item else None
    is_of_it = event is not None and event.purchase.checkout_id == purchase.checkout_id
    return event if is_of_it else None


def event_of_item(service: Service, item: Item) -> Event | None:
    """What an item of the service's table says; None of one that is about no check-out."""
    if service is Service.CARTS:
        return event_from_cart_item(item)
    return event_from_item(service, item) if "s" in item else None
