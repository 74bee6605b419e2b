"""Executions of the check-out's state machine.

    <check-out>      the first one, named after its check-out: so it starts once
    <check-out>-2    the next one, when the first has had its time; and so on

Each begins with the first step. Steps that are done already say so at once, and one that was taken
back says that it is refused; so the next execution goes on where the last one was. It also takes
the place of one that lost a task.
"""

import secrets

from aws import stepfunctions
from cart.conf import conf
from cart.domain.purchases import CheckoutId, Purchase
from cart.orchestration.machine import CHECKOUT_MACHINE
from cart.repository.records import purchase_to_item
from kernel.clock import Clock, utc_now


def begin(purchase: Purchase) -> bool:
    """Starts the first one; False where it was started before."""
    return _start(purchase, purchase.checkout_id)


def keep_going(purchase: Purchase, *, clock: Clock = utc_now) -> None:
    """Sees to it that the execution whose turn it is was started, and that the one before ended.

    The state machine has the same limit; this is for a task that nobody will ever answer, and for a
    place that keeps no time.
    """
    turn = max(1, 1 + (clock() - purchase.begun_at) // conf().execution_patience)
    if turn > 1:
        before = _name(purchase.checkout_id, turn - 1)
        stepfunctions.stop(CHECKOUT_MACHINE, before, "it has had its time")
    _start(purchase, _name(purchase.checkout_id, turn))


def retry(purchase: Purchase) -> None:
    """One more, at once."""
    _start(purchase, f"{purchase.checkout_id}-by-hand-{secrets.token_hex(4)}")


def _name(checkout_id: CheckoutId, turn: int) -> str:
    return checkout_id if turn == 1 else f"{checkout_id}-{turn}"


def _start(purchase: Purchase, name: str) -> bool:
    given = {"checkout": purchase.checkout_id, "purchase": purchase_to_item(purchase)}
    return stepfunctions.start(CHECKOUT_MACHINE, name, given)
