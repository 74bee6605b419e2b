"""The check-out's stream handlers: one for each service that acts on another's news.

`stock_on_orders` is what stock does about what orders says. They have checkpoints of their own, so
one that is held up holds up nobody else.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from typing import ClassVar

import structlog

from aws.streams import Change, Handler, PoisonRecord, Progress, register
from cart import projections, tasks
from cart.choreography import REPOSITORIES, event_of, perform
from cart.domain.saga import Action, Event, InDoubt, Service
from cart.metrics import CHECKOUT_SECONDS, SAGA_ACTIONS, ActionLabels, CheckoutLabels
from cart.repository.views import VIEW_REPOSITORY, FailedAttempt
from cart.resources import ORDERS, STOCK
from cart.services.checkout import CHECKOUT
from kernel.clock import utc_now
from kernel.errors import Conflict, HubError, Missing, Refused, Unavailable

log = structlog.get_logger(__name__)
# Actions of one batch that are under way at once: they are of different check-outs, and mostly wait
# for DynamoDB or the payment provider.
_PARALLEL = 16


class Reaction(Handler[Change]):
    """What `service` does about the news on another service's stream."""

    service: ClassVar[Service]

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_PARALLEL, thread_name_prefix=self.name)

    def handle(self, batch: Sequence[Change]) -> Progress:
        due = [(change, *found) for change in batch if (found := self._due(change)) is not None]
        if len(due) == 1:
            _act(*due[0])  # nothing to gain from another thread, and some time to lose
        else:
            acting = [self._pool.submit(_act, *each) for each in due]
            wait(acting)  # before one of them raises, so that none is left behind
            for each in acting:
                each.result()
        return batch[-1].sequence

    def _due(self, change: Change) -> tuple[Action, Event] | None:
        event = event_of(change)
        action = CHECKOUT.after(event) if event else None
        if event is None or action is None or action.service is not self.service:
            return None
        return action, event


def _act(change: Change, action: Action, event: Event) -> None:
    """Raises `Unavailable`, which stops the batch, or `PoisonRecord`."""
    checkout_id = event.purchase.checkout_id
    try:
        outcome = perform(action, event)
    except InDoubt as doubt:
        _note(action, event, doubt)
        tasks.inquire_later(checkout_id)
    except Unavailable as error:
        _note(action, event, error)
        raise
    except (Conflict, Missing, Refused) as error:
        _note(action, event, error)
        raise PoisonRecord(change, f"{action.name}: {error.code}") from error
    else:
        SAGA_ACTIONS.add(ActionLabels(action.name, outcome))
        log.info(
            "saga_action",
            action=action.name,
            checkout=checkout_id,
            outcome=outcome,
            reason=event.reason,
        )
        if action.service is Service.CARTS:
            seconds = (utc_now() - event.purchase.begun_at).total_seconds()
            CHECKOUT_SECONDS.observe(CheckoutLabels(action.name), seconds)


def _note(action: Action, event: Event, error: HubError) -> None:
    """Leaves a trace of it in the check-out's time line, for operators, if that can be done."""
    SAGA_ACTIONS.add(ActionLabels(action.name, error.code))
    checkout_id = event.purchase.checkout_id
    log.warning("saga_action_failed", action=action.name, checkout=checkout_id, code=error.code)
    with suppress(HubError):
        VIEW_REPOSITORY.note_failure(
            FailedAttempt(
                checkout_id=checkout_id, action=action.name, code=error.code, at=utc_now()
            )
        )


@register
class ShowOrders(Handler[Change]):
    """Keeps customers' lists of orders up."""

    name = "shop_orders_view"
    source = ORDERS

    def handle(self, batch: Sequence[Change]) -> Progress:
        projections.show_orders(batch)
        return batch[-1].sequence


@register
class ShowStock(Handler[Change]):
    """Keeps availability and best sellers up."""

    name = "shop_stock_view"
    source = STOCK

    def handle(self, batch: Sequence[Change]) -> Progress:
        projections.show_stock(batch)
        return batch[-1].sequence


def _reaction(service: Service, source: Service) -> type[Reaction]:
    attributes = {
        "name": f"{service}_on_{source}",
        "source": REPOSITORIES[source].table,
        "service": service,
    }
    return type(f"{service.title()}On{source.title()}", (Reaction,), attributes)


_PAIRS = {(action.service, source) for (source, _status), action in CHECKOUT.reactions.items()}
for _service, _source in sorted(_PAIRS):
    register(_reaction(_service, _source))
