"""A payment: first authorised, then captured; or voided. docs/states/payment.md draws the moves.

What is asked of the provider is written down before it is asked, so a payment whose process died is
known to be in doubt. Until then the provider is asked again, under the same idempotency key.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cart.domain.records import CheckoutRecord

REFUSED_BY_PROVIDER = "payment_refused"
TOO_LATE = "payment_unanswered"
# Clocks differ, and what a provider took in time it may show a moment later.
LEEWAY = timedelta(seconds=30)


class PaymentStatus(StrEnum):
    """Where a payment stands. In doubt: the provider has been asked, or is about to be."""

    AUTHORISING = "authorising"  # in doubt whether it is approved
    AUTHORISED = "authorised"  # the money is held for us
    CAPTURING = "capturing"  # decided that we take it; in doubt whether we have it
    CAPTURED = "captured"  # we have it
    DECLINED = "declined"  # the provider will not
    VOIDING = "voiding"  # decided that we never take it; in doubt whether it is still held
    VOIDED = "voided"  # nothing is held
    PARKED = "parked"  # the provider will not let go of it: a person must see to that


IN_DOUBT = frozenset({PaymentStatus.AUTHORISING, PaymentStatus.CAPTURING, PaymentStatus.VOIDING})


class Answer(StrEnum):
    """How a payment stands with the provider, as it says."""

    UNSEEN = "unseen"  # it has not been asked; a request that is on its way may still come
    PENDING = "pending"  # it has not decided
    APPROVED = "approved"  # it holds the money for us
    DECLINED = "declined"  # it will not hold it
    CAPTURED = "captured"  # it has paid us
    VOIDED = "voided"  # it holds nothing (any more), and never will
    HELD = "held"  # it cannot void: it goes on holding the money


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(CheckoutRecord[PaymentStatus]):
    """`valid_until`: the provider takes no authorisation of it that arrives later. So what it has
    not seen by then, and by `LEEWAY`, it never will."""

    NEXT = {
        PaymentStatus.AUTHORISING: frozenset(
            {PaymentStatus.AUTHORISED, PaymentStatus.DECLINED, PaymentStatus.VOIDING}
        ),
        PaymentStatus.AUTHORISED: frozenset({PaymentStatus.CAPTURING, PaymentStatus.VOIDING}),
        PaymentStatus.CAPTURING: frozenset({PaymentStatus.CAPTURED, PaymentStatus.VOIDED}),
        PaymentStatus.CAPTURED: frozenset(),
        PaymentStatus.DECLINED: frozenset({PaymentStatus.VOIDING}),
        PaymentStatus.VOIDING: frozenset({PaymentStatus.VOIDED, PaymentStatus.PARKED}),
        PaymentStatus.VOIDED: frozenset({PaymentStatus.VOIDING}),
        PaymentStatus.PARKED: frozenset({PaymentStatus.VOIDED}),
    }

    valid_until: datetime

    @property
    def is_in_doubt(self) -> bool:
        return self.status in IN_DOUBT

    def after(self, answer: Answer | None, now: datetime) -> "Payment":
        """The payment after what the provider said; None: it did not answer. Itself where that
        changes nothing."""
        to = self._next(answer, late_by=now - self.valid_until)
        return self.moved(to, now, reason=_REASONS.get((self.status, to), "")) if to else self

    def _next(self, answer: Answer | None, *, late_by: timedelta) -> PaymentStatus | None:
        to = _HEARD.get((self.status, answer))
        if to is None and late_by > LEEWAY:
            to = _HEARD_LATE.get((self.status, answer))
        if to is None and late_by > timedelta(0):
            to = _LATE.get(self.status)
        return to


_HEARD: dict[tuple[PaymentStatus, Answer | None], PaymentStatus] = {
    (PaymentStatus.AUTHORISING, Answer.APPROVED): PaymentStatus.AUTHORISED,
    (PaymentStatus.AUTHORISING, Answer.DECLINED): PaymentStatus.DECLINED,
    (PaymentStatus.AUTHORISING, Answer.VOIDED): PaymentStatus.DECLINED,
    (PaymentStatus.CAPTURING, Answer.CAPTURED): PaymentStatus.CAPTURED,
    (PaymentStatus.CAPTURING, Answer.VOIDED): PaymentStatus.VOIDED,
    (PaymentStatus.VOIDING, Answer.VOIDED): PaymentStatus.VOIDED,
    (PaymentStatus.VOIDING, Answer.DECLINED): PaymentStatus.VOIDED,
    (PaymentStatus.VOIDING, Answer.HELD): PaymentStatus.PARKED,
    (PaymentStatus.VOIDING, Answer.CAPTURED): PaymentStatus.PARKED,
    # We do not want it any more: an approval that comes now is voided.
    (PaymentStatus.DECLINED, Answer.APPROVED): PaymentStatus.VOIDING,
    (PaymentStatus.VOIDED, Answer.APPROVED): PaymentStatus.VOIDING,
}
# After `valid_until` and the leeway: what it has not seen it will never see.
_HEARD_LATE: dict[tuple[PaymentStatus, Answer | None], PaymentStatus] = {
    (PaymentStatus.VOIDING, Answer.UNSEEN): PaymentStatus.VOIDED,
}
# After `valid_until`: we wait no longer.
_LATE = {PaymentStatus.AUTHORISING: PaymentStatus.VOIDING}
_REASONS = {
    (PaymentStatus.AUTHORISING, PaymentStatus.DECLINED): REFUSED_BY_PROVIDER,
    (PaymentStatus.AUTHORISING, PaymentStatus.VOIDING): TOO_LATE,
    (PaymentStatus.CAPTURING, PaymentStatus.VOIDED): REFUSED_BY_PROVIDER,
}
