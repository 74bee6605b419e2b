"""What waits, and what is looked for every few seconds: payments in doubt, and check-outs whose
news got lost."""

from datetime import timedelta

import structlog
from celery import shared_task

from aws.celery_task import HubTask
from cart import checkouts, operations, trail
from cart.conf import conf
from cart.domain.payments import Answer
from cart.domain.purchases import CheckoutId, Purchase
from cart.provider.sandbox import notified
from cart.services import payments
from kernel.clock import utc_now
from kernel.errors import HubError
from kernel.retry import RetryPolicy

log = structlog.get_logger(__name__)
_FIRST_AFTER_S = 0.5


class _Inquiry(HubTask):
    abstract = True
    # Up to 1, 2, 4 ... 30 s: some four minutes, and after that the sweep goes on asking.
    retry_policy = RetryPolicy(base_s=1, delay_s_max=30, attempts_max=12)


@shared_task(base=_Inquiry, name="cart.inquire")
def inquire(*, checkout_id: str, **_later: object) -> None:
    """Finds out how a payment in doubt stands."""
    with trail.following(CheckoutId(checkout_id)):
        payments.inquire(CheckoutId(checkout_id), utc_now)


@shared_task(base=_Inquiry, name="cart.hear")
def hear(*, checkout_id: str, answer: str, **_later: object) -> None:
    """What the payment provider said unasked."""
    with trail.following(CheckoutId(checkout_id)):
        payments.hear(CheckoutId(checkout_id), Answer(answer), utc_now)


@shared_task(base=HubTask, name="cart.sweep")
def sweep(**_later: object) -> None:
    """Takes up whatever nobody is at: payments are asked about, check-outs carried on."""
    for checkout_id in payments.in_doubt(for_at_least=conf().doubt_swept_after):
        inquire.delay(checkout_id=checkout_id)
    for purchase in checkouts.unended(for_at_least=conf().checkout_swept_after):
        with trail.following(purchase.checkout_id):
            _carry_on(purchase)


def _carry_on(purchase: Purchase) -> None:
    try:
        operations.carry_on(purchase)
    except HubError as error:
        log.warning("checkout_unended", code=error.code)


def inquire_later(checkout_id: CheckoutId) -> None:
    """Soon: a provider that was silent has mostly done what it was asked."""
    inquire.apply_async(kwargs={"checkout_id": checkout_id}, countdown=_FIRST_AFTER_S)


def _hear_later(*, key: str, answer: Answer, after: timedelta, **_signal: object) -> None:
    hear.apply_async(
        kwargs={"checkout_id": key, "answer": answer.value}, countdown=after.total_seconds()
    )


notified.connect(_hear_later)
