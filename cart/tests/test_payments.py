"""Payments against a provider that does not always answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings

from cart.domain.payments import Answer, Payment, PaymentStatus
from cart.domain.purchases import Purchase
from cart.domain.saga import InDoubt, Outcome, OutOfOrder
from cart.provider import Authorisation, NoAnswer, Sandbox
from cart.provider.sandbox import Method
from cart.repository.payments import PAYMENT_REPOSITORY
from cart.services import payments
from cart.tests.shop import NOW, about, line, new_product, purchase

pytestmark = pytest.mark.usefixtures("memory")


class Clock:
    """Stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: int) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Deaf(Sandbox):
    """Nothing that it is asked arrives."""

    def authorise(self, asked: Authorisation) -> Answer:
        raise NoAnswer

    def inquire(self, key: str) -> Answer:
        raise NoAnswer

    capture = void = inquire


@pytest.fixture
def deaf() -> Iterator[Any]:
    """`with deaf:` nobody answers."""
    return override_settings(CART={"provider": f"{__name__}.Deaf"})  # type: ignore[return-value]


def buying(method: Method) -> Purchase:
    return purchase(line(new_product()), method=method.value)


def stored(bought: Purchase) -> Payment:
    found = PAYMENT_REPOSITORY.find(bought.checkout_id)
    assert found is not None
    return found


def held(bought: Purchase, clock: Clock) -> Answer:
    """How the payment stands in the provider's books."""
    return Sandbox(clock).inquire(bought.checkout_id)


class TestAPayment:
    def test_is_authorised_and_then_captured(self, clock: Clock) -> None:
        bought = buying(Method.APPROVE)
        assert payments.authorise(about(bought), clock) is Outcome.DONE
        assert payments.capture(about(bought), clock) is Outcome.DONE
        assert stored(bought).status is PaymentStatus.CAPTURED
        assert held(bought, clock) is Answer.CAPTURED

    def test_is_done_once_however_often_it_is_asked_for(self, clock: Clock) -> None:
        bought = buying(Method.APPROVE)
        for _time in range(2):
            payments.authorise(about(bought), clock)
        for _time in range(2):
            payments.capture(about(bought), clock)
        assert payments.authorise(about(bought), clock) is Outcome.DONE
        assert stored(bought).version == 4  # authorising, authorised, capturing, captured

    def test_is_refused_when_declined(self, clock: Clock) -> None:
        bought = buying(Method.DECLINE)
        assert payments.authorise(about(bought), clock) is Outcome.REFUSED
        assert stored(bought).reason == "payment_refused"

    def test_whose_approval_lapsed_is_refused_at_its_capture(self, clock: Clock) -> None:
        bought = buying(Method.LAPSE)
        payments.authorise(about(bought), clock)
        assert payments.capture(about(bought), clock) is Outcome.REFUSED
        assert stored(bought).status is PaymentStatus.VOIDED

    def test_cannot_be_captured_before_it_is_authorised(self, clock: Clock) -> None:
        with pytest.raises(OutOfOrder):
            payments.capture(about(buying(Method.APPROVE)), clock)


class TestAPaymentInDoubt:
    def test_is_inquired_until_it_is_known(self, clock: Clock) -> None:
        bought = buying(Method.SILENT)
        with pytest.raises(InDoubt):
            payments.authorise(about(bought), clock)
        assert list(payments.in_doubt(for_at_least=timedelta(0), clock=clock)) == [
            bought.checkout_id
        ]
        payments.inquire(bought.checkout_id, clock)
        assert stored(bought).status is PaymentStatus.AUTHORISED
        assert not list(payments.in_doubt(for_at_least=timedelta(0), clock=clock))

    def test_is_asked_for_again_if_the_provider_never_saw_it(self, clock: Clock, deaf: Any) -> None:
        bought = buying(Method.APPROVE)
        with deaf, pytest.raises(InDoubt):
            payments.authorise(about(bought), clock)
        assert held(bought, clock) is Answer.UNSEEN
        payments.inquire(bought.checkout_id, clock)
        assert held(bought, clock) is Answer.APPROVED

    def test_is_given_up_after_a_while_and_a_late_approval_voided(self, clock: Clock) -> None:
        bought = buying(Method.LATE)
        with pytest.raises(InDoubt):
            payments.authorise(about(bought), clock)
        payments.void(about(bought, "given_up"), clock)
        assert stored(bought).reason == "given_up"
        clock.forward(seconds=20)
        payments.hear(bought.checkout_id, Answer.APPROVED, clock)
        assert held(bought, clock) is Answer.VOIDED

    def test_of_a_provider_that_is_away_ends_as_void(self, clock: Clock, deaf: Any) -> None:
        bought = buying(Method.APPROVE)
        with deaf:
            with pytest.raises(InDoubt):
                payments.authorise(about(bought), clock)
            clock.forward(minutes=3)
            with pytest.raises(InDoubt):
                payments.inquire(bought.checkout_id, clock)
            assert stored(bought).status is PaymentStatus.VOIDING
            assert stored(bought).reason == "payment_unanswered"
        payments.inquire(bought.checkout_id, clock)
        assert stored(bought).status is PaymentStatus.VOIDED
        asked = Authorisation(
            key=bought.checkout_id,
            amount=bought.total,
            method=bought.method,
            valid_until=stored(bought).valid_until,
        )
        assert Sandbox(clock).authorise(asked) is Answer.UNSEEN  # one that was still on its way

    def test_at_its_capture_only_goes_forward(self, clock: Clock, deaf: Any) -> None:
        bought = buying(Method.APPROVE)
        payments.authorise(about(bought), clock)
        with deaf, pytest.raises(InDoubt):
            payments.capture(about(bought), clock)
        with pytest.raises(OutOfOrder):
            payments.void(about(bought), clock)
        clock.forward(days=1)
        payments.inquire(bought.checkout_id, clock)
        assert stored(bought).status is PaymentStatus.CAPTURED


class TestAVoid:
    def test_that_the_provider_refuses_is_parked_for_a_person(self, clock: Clock) -> None:
        bought = buying(Method.HOLD)
        with pytest.raises(InDoubt):
            payments.authorise(about(bought), clock)
        payments.void(about(bought), clock)
        assert stored(bought).status is PaymentStatus.PARKED

    def test_that_comes_before_its_payment_refuses_it(self, clock: Clock) -> None:
        bought = buying(Method.APPROVE)
        payments.void(about(bought), clock)
        assert payments.authorise(about(bought), clock) is Outcome.REFUSED
        assert held(bought, clock) is Answer.UNSEEN

    def test_takes_back_an_approval_that_nobody_wanted_any_more(self, clock: Clock) -> None:
        bought = buying(Method.APPROVE)
        payments.authorise(about(bought), clock)
        payments.void(about(bought), clock)
        payments.hear(bought.checkout_id, Answer.APPROVED, clock)  # said a second time
        assert stored(bought).status is PaymentStatus.VOIDED
        assert held(bought, clock) is Answer.VOIDED
