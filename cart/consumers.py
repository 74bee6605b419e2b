"""The shop's stream handlers: two that keep views up, and those of the check-out.

Choreographed, there is one for each service that acts on another's news: `stock_on_orders` is what
stock does about what orders says. They have checkpoints of their own, so one that is held up holds
up nobody else. Orchestrated, there is one that starts the state machine.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import ClassVar

from aws.streams import Change, Handler, PoisonRecord, Progress, register
from aws.streams.handlers import AnyHandler
from cart import projections, tasks, trail
from cart.checkouts import REPOSITORIES, perform
from cart.choreography import event_of
from cart.conf import Variant, conf
from cart.domain.saga import Action, Event, InDoubt, Service
from cart.orchestration import executions
from cart.resources import CARTS, ORDERS, STOCK
from cart.services.checkout import CHECKOUT
from kernel.errors import Conflict, Missing, Refused, Unavailable

# Actions of one batch that are under way at once: they are of different check-outs, and mostly wait
# for DynamoDB or the payment provider.
_PARALLEL = 16


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


class StartExecutions(Handler[Change]):
    """Starts the state machine for each check-out that begins."""

    name = "checkout_executions"
    source = CARTS

    def handle(self, batch: Sequence[Change]) -> Progress:
        for change in batch:
            if (event := event_of(change)) is not None:
                with trail.following(event.purchase.checkout_id):
                    executions.begin(event.purchase)
        return batch[-1].sequence


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
            acting = [self._begun(*each) for each in due]
            wait(acting)  # before one of them raises, so that none is left behind
            for each in acting:
                each.result()
        return batch[-1].sequence

    def _begun(self, change: Change, action: Action, event: Event) -> Future[None]:
        """In another thread, which logs with our ids and counts under our use-case."""
        context = copy_context()
        return self._pool.submit(lambda: context.run(_act, change, action, event))

    def _due(self, change: Change) -> tuple[Action, Event] | None:
        event = event_of(change)
        action = CHECKOUT.after(event) if event else None
        if event is None or action is None or action.service is not self.service:
            return None
        return action, event


def _act(change: Change, action: Action, event: Event) -> None:
    """Raises `Unavailable`, which stops the batch, or `PoisonRecord`."""
    with trail.following(event.purchase.checkout_id):
        _perform(change, action, event)


def _perform(change: Change, action: Action, event: Event) -> None:
    try:
        outcome = perform(action, event)
    except InDoubt as doubt:
        trail.note_failure(action, event, doubt)
        tasks.inquire_later(event.purchase.checkout_id)
    except Unavailable as error:
        trail.note_failure(action, event, error)
        raise
    except (Conflict, Missing, Refused) as error:
        trail.note_failure(action, event, error)
        raise PoisonRecord(change, f"{action.name}: {error.code}") from error
    else:
        trail.note(action, event, outcome)


def _reaction(service: Service, source: Service) -> AnyHandler:
    attributes = {
        "__module__": __name__,
        "name": f"{service}_on_{source}",
        "source": REPOSITORIES[source].table,
        "service": service,
    }
    return type(f"{service.title()}On{source.title()}", (Reaction,), attributes)


_PAIRS = {(action.service, source) for (source, _status), action in CHECKOUT.reactions.items()}
HANDLERS: dict[Variant, list[AnyHandler]] = {
    Variant.CHOREOGRAPHED: [_reaction(service, source) for service, source in sorted(_PAIRS)],
    Variant.ORCHESTRATED: [StartExecutions],
}
for _handler in HANDLERS[Variant(conf().saga)]:
    register(_handler)
