"""Payments' part of a check-out: authorise, then capture, which is the pivot. Its rollback is
`void`.

    write down what is asked  ->  ask the provider  ->  write down what it said

A process that dies in between leaves a payment in doubt, and so does a provider that does not
answer. `inquire` takes it up again until the outcome is known: a task does so after a while, and a
sweep after all (cart/tasks.py).
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from aws.metrics import use_case
from cart.conf import conf
from cart.domain.payments import Answer, Payment, PaymentStatus
from cart.domain.purchases import CheckoutId
from cart.domain.saga import Event, InDoubt, Outcome, OutOfOrder
from cart.provider import Authorisation, NoAnswer, Provider, provider
from cart.repository.payments import PAYMENT_REPOSITORY
from kernel.clock import Clock, utc_now

_TAKEN = frozenset({PaymentStatus.AUTHORISED, PaymentStatus.CAPTURING, PaymentStatus.CAPTURED})
_WILL_NOT_BE = frozenset(
    {PaymentStatus.DECLINED, PaymentStatus.VOIDING, PaymentStatus.VOIDED, PaymentStatus.PARKED}
)


@use_case("payments.authorise")
def authorise(event: Event, clock: Clock) -> Outcome:
    """Has the money held for us. Raises `InDoubt` while that is not known."""
    now = clock()
    asked = Payment(
        purchase=event.purchase,
        status=PaymentStatus.AUTHORISING,
        at=now,
        valid_until=now + conf().payment_patience,
    )
    return _outcome(_settled(PAYMENT_REPOSITORY.add(asked), clock))


@use_case("payments.capture")
def capture(event: Event, clock: Clock) -> Outcome:
    """Takes the money: from the moment that this is written down, the check-out only goes forward,
    unless the provider says that it does not hold it any more. Raises `InDoubt`."""
    payment = PAYMENT_REPOSITORY.find(event.purchase.checkout_id)
    if payment is None:
        raise OutOfOrder
    payment = _moved(payment, PaymentStatus.CAPTURING, clock)
    return _outcome(_settled(payment, clock))


@use_case("payments.void")
def void(event: Event, clock: Clock) -> Outcome:
    """Decides that the money is never taken, which is what the others wait for; then lets go of it.
    A payment that has not come yet will be refused. Raises `OutOfOrder` for money that is, or may
    be, taken already."""
    now = clock()
    never = Payment(
        purchase=event.purchase,
        status=PaymentStatus.VOIDED,
        at=now,
        valid_until=now,
        reason=event.reason,
    )
    found = PAYMENT_REPOSITORY.find(event.purchase.checkout_id) or PAYMENT_REPOSITORY.add(never)
    if found.status not in _WILL_NOT_BE:
        found = _moved(found, PaymentStatus.VOIDING, clock, reason=event.reason)
    if found.status not in _WILL_NOT_BE:
        raise OutOfOrder
    _settled(found, clock)
    return Outcome.DONE


@use_case("payments.inquire")
def inquire(checkout_id: CheckoutId, clock: Clock) -> None:
    """Finds out how a payment in doubt stands, and goes on from there. Raises `InDoubt`."""
    payment = PAYMENT_REPOSITORY.find(checkout_id)
    if payment is not None and payment.is_in_doubt:
        answer = _asked(lambda: provider(clock).inquire(checkout_id))
        _settled(_after(payment, answer, clock), clock)


@use_case("payments.hear")
def hear(checkout_id: CheckoutId, answer: Answer, clock: Clock) -> None:
    """What the provider says unasked: perhaps twice, perhaps late. Raises `InDoubt`."""
    payment = PAYMENT_REPOSITORY.find(checkout_id)
    if payment is not None:
        _settled(_after(payment, answer, clock), clock)


def in_doubt(*, for_at_least: timedelta, clock: Clock = utc_now) -> Iterator[CheckoutId]:
    """Whose payments have been in doubt for so long, the longest first."""
    return PAYMENT_REPOSITORY.in_doubt(clock() - for_at_least)


def _settled(payment: Payment, clock: Clock) -> Payment:
    """The payment when nothing about it is in doubt any more. Raises `InDoubt`."""
    while payment.is_in_doubt:
        asking = _question(payment, provider(clock))
        after = _after(payment, _asked(asking), clock)
        if after is payment:
            raise InDoubt(retry_after_s=1)
        payment = after
    return payment


def _question(payment: Payment, asked: Provider) -> Callable[[], Answer]:
    """What to ask the provider because of the payment's status."""
    key = payment.purchase.checkout_id
    if payment.status is PaymentStatus.CAPTURING:
        return lambda: asked.capture(key)
    if payment.status is PaymentStatus.VOIDING:
        return lambda: asked.void(key)
    authorisation = Authorisation(
        key=key,
        amount=payment.purchase.total,
        method=payment.purchase.method,
        valid_until=payment.valid_until,
    )
    return lambda: asked.authorise(authorisation)


def _asked(question: Callable[[], Answer]) -> Answer | None:
    try:
        return question()
    except NoAnswer:
        return None


def _after(payment: Payment, answer: Answer | None, clock: Clock) -> Payment:
    """What stands there after the answer has been written down; itself where it changes nothing."""
    after = payment.after(answer, clock())
    return payment if after is payment else PAYMENT_REPOSITORY.replace(payment, after)


def _moved(payment: Payment, to: PaymentStatus, clock: Clock, *, reason: str = "") -> Payment:
    while payment.can_move(to):
        payment = PAYMENT_REPOSITORY.replace(payment, payment.moved(to, clock(), reason=reason))
    return payment


def _outcome(payment: Payment) -> Outcome:
    return Outcome.DONE if payment.status in _TAKEN else Outcome.REFUSED
