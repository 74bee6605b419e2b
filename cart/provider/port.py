"""The port to a payment provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from cart.domain.payments import Answer
from kernel.errors import Unavailable
from kernel.money import Money


class NoAnswer(Unavailable):
    """The payment provider did not answer in time: it may have done what it was asked, or not."""

    code = "payment_provider_silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """Asks for money to be held. `key` is the idempotency key of this payment and of everything
    that is asked about it later. One that arrives after `valid_until` is not taken."""

    key: str
    amount: Money
    method: str
    valid_until: datetime


class Provider(Protocol):
    """Every method may be called again, says how the payment then stands, and raises `NoAnswer`.

    `methods`: what customers may pay with, the provider's token and what it is called.
    """

    methods: ClassVar[Mapping[str, str]]

    def authorise(self, asked: Authorisation) -> Answer:
        """Holds the money: APPROVED, DECLINED, PENDING, or UNSEEN where it came too late."""
        ...

    def capture(self, key: str) -> Answer:
        """Takes the money that is held: CAPTURED, or VOIDED where it is held no more."""
        ...

    def void(self, key: str) -> Answer:
        """Lets go of the money: VOIDED, DECLINED or UNSEEN where there is none, PENDING where it
        cannot be said yet, HELD where it is impossible."""
        ...

    def inquire(self, key: str) -> Answer:
        """How the payment stands, changing nothing."""
        ...
