"""What is noted of every action of a check-out: a metric, a line in the log, and where it failed a
trace in the time line that operators see.

Whatever is logged on behalf of a check-out carries its id, in whichever process: its request, the
stream handlers that go on with it, the tasks that they send.
"""

from contextlib import AbstractContextManager, suppress

import structlog

from cart.domain.purchases import CheckoutId
from cart.domain.saga import Action, Event, Outcome, Service
from cart.metrics import CHECKOUT_SECONDS, SAGA_ACTIONS, ActionLabels, CheckoutLabels
from cart.repository.views import VIEW_REPOSITORY, FailedAttempt
from kernel.clock import utc_now
from kernel.errors import HubError

log = structlog.get_logger(__name__)


def following(checkout_id: CheckoutId) -> AbstractContextManager[object]:
    """Binds the check-out's id to all that is logged inside."""
    return structlog.contextvars.bound_contextvars(checkout=checkout_id)


def follow(checkout_id: CheckoutId) -> None:
    """The same until the request is over."""
    structlog.contextvars.bind_contextvars(checkout=checkout_id)


def note(action: Action, event: Event, outcome: Outcome) -> None:
    """It ended."""
    SAGA_ACTIONS.add(ActionLabels(action.name, outcome))
    log.info("saga_action", action=action.name, outcome=outcome, reason=event.reason)
    if action.service is Service.CARTS:
        seconds = (utc_now() - event.purchase.begun_at).total_seconds()
        CHECKOUT_SECONDS.observe(CheckoutLabels(action.name), seconds)


def note_failure(action: Action, event: Event, error: HubError) -> None:
    """An attempt failed. The trace is left if that can be done."""
    checkout_id = event.purchase.checkout_id
    SAGA_ACTIONS.add(ActionLabels(action.name, error.code))
    log.warning("saga_action_failed", action=action.name, code=error.code)
    attempt = FailedAttempt(
        checkout_id=checkout_id, action=action.name, code=error.code, at=utc_now()
    )
    with suppress(HubError):
        VIEW_REPOSITORY.note_failure(attempt)
