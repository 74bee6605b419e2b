"""What the tasks of the state machine ask for, done by the services' own code."""

from collections.abc import Mapping
from typing import Any

from aws.stepfunctions import Task, fail, succeed
from cart import tasks, trail
from cart.checkouts import perform, standing
from cart.domain.purchases import CheckoutId
from cart.domain.saga import Action, Event, InDoubt, Outcome
from cart.orchestration.states import UNAVAILABLE
from cart.repository.records import purchase_from_item
from cart.services.checkout import CHECKOUT
from kernel.errors import HubError, Unavailable

_ACTIONS = {action.name: action for action in CHECKOUT.actions}


def answer(task: Task) -> None:
    """Does what the task asks for and says how it ended.

    An error that is none of ours is not answered: the task is given out again after its time.
    """
    action, event = _ACTIONS[task.input["action"]], _event(task.input)
    with trail.following(event.purchase.checkout_id):
        _answer(task, action, event)


def _answer(task: Task, action: Action, event: Event) -> None:
    try:
        said = carried_out(action, event)
    except HubError as error:
        trail.note_failure(action, event, error)
        fail(task, _error_name(error), error.code)
    else:
        trail.note(action, event, Outcome(said["outcome"]))
        succeed(task, said)


def carried_out(action: Action, event: Event) -> dict[str, str]:
    """The outcome, and why it was refused. Raises what the action raises."""
    try:
        outcome = perform(action, event)
    except InDoubt:
        tasks.inquire_later(event.purchase.checkout_id)
        decided = _decided(action, event)
        if decided is None:
            raise
        outcome = decided
    reason = _reason(action, event) if outcome is Outcome.REFUSED else ""
    return {"outcome": outcome.value, "reason": reason}


def _decided(action: Action, event: Event) -> Outcome | None:
    """Where only the rest of it is in doubt, such as when the money that we will not take is free
    again: what the others need to know."""
    stands = standing(action.service, event.purchase)
    return CHECKOUT.outcome(action, stands.status) if stands else None


def _reason(action: Action, event: Event) -> str:
    stands = standing(action.service, event.purchase)
    return stands.reason if stands else ""


def _event(asked: Mapping[str, Any]) -> Event:
    """As if it came on a stream. `because`: the refusal, or the error, that leads back."""
    because = asked.get("because", {})
    service, status = CHECKOUT.begun
    return Event(
        service=service,
        status=status,
        purchase=purchase_from_item(CheckoutId(asked["checkout"]), asked["purchase"]),
        reason=because.get("reason") or because.get("Error", ""),
    )


def _error_name(error: HubError) -> str:
    """What the machine goes by."""
    if isinstance(error, InDoubt) or not isinstance(error, Unavailable):
        return error.code
    return UNAVAILABLE
