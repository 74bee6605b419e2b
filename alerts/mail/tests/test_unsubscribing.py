"""Consent: given, withdrawn by one click without signing in, and kept in every version."""

import secrets
from datetime import UTC, datetime

import pytest
from django.test import Client

from alerts.mail.domain.consents import Source
from alerts.mail.repository import CONSENTS
from alerts.mail.services.unsubscribing import (
    BadLink,
    NotOptional,
    decide,
    subscription_of,
    token_of,
    unsubscribe,
)
from alerts.mail.tests import world
from alerts.mail.tests.sink import Sink

KIND = "alert_digest"


@pytest.fixture
def customer() -> str:
    chosen = f"customer-{secrets.token_hex(8)}"
    decide(chosen, KIND, given=True, source=Source.SETTINGS)
    return chosen


def given(customer: str) -> bool:
    consent = CONSENTS.find(customer, KIND)
    return consent is not None and consent.given


def page_of(customer: str, kind: str = KIND) -> str:
    return f"/mail/unsubscribe/{token_of(customer, kind)}/"


class TestConsent:
    def test_is_kept_in_every_version(self, customer: str) -> None:
        decide(customer, KIND, given=False, source=Source.LINK)
        decide(customer, KIND, given=True, source=Source.STAFF)
        history = CONSENTS.history(customer, KIND)
        assert [(each.version, each.given, each.source) for each in history] == [
            (3, True, Source.STAFF),
            (2, False, Source.LINK),
            (1, True, Source.SETTINGS),
        ]
        assert CONSENTS.find(customer, KIND) == history[0]

    def test_that_says_nothing_new_is_no_version(self, customer: str) -> None:
        assert decide(customer, KIND, given=True, source=Source.SETTINGS) is None
        assert len(CONSENTS.history(customer, KIND)) == 1

    def test_never_given_cannot_be_withdrawn(self) -> None:
        assert decide("nobody-ever", KIND, given=False, source=Source.LINK) is None

    def test_of_what_must_be_sent_is_not_asked(self, customer: str) -> None:
        with pytest.raises(NotOptional):
            decide(customer, "statement_ready", given=False, source=Source.LINK)

    def test_keeps_when_it_was_given(self, customer: str) -> None:
        at = datetime(2026, 7, 1, tzinfo=UTC)
        decide(customer, KIND, given=False, source=Source.LINK, clock=lambda: at)
        assert CONSENTS.history(customer, KIND)[0].at == at


class TestALink:
    def test_names_customer_and_kind(self, customer: str) -> None:
        found = subscription_of(token_of(customer, KIND))
        assert (found.customer_id, found.kind.name) == (customer, KIND)

    def test_that_is_tampered_with_is_none(self, customer: str) -> None:
        token = token_of(customer, KIND)
        forged = [
            token[:-2] + ("aa" if token[-2:] != "aa" else "bb"),
            "A" + token[1:] if token[0] != "A" else "B" + token[1:],
            token[:30],
            "",
            "é",
            "*",
        ]
        for each in forged:
            with pytest.raises(BadLink):
                subscription_of(each)

    def test_works_twice(self, customer: str) -> None:
        unsubscribe(token_of(customer, KIND))
        unsubscribe(token_of(customer, KIND))
        assert not given(customer)
        assert len(CONSENTS.history(customer, KIND)) == 2


@pytest.mark.django_db
class TestThePage:
    def test_asks_and_changes_nothing_when_it_is_opened(self, customer: str) -> None:
        answer = Client().get(page_of(customer))
        assert answer.status_code == 200
        assert "Unsubscribe?" in answer.content.decode()
        assert customer not in answer.content.decode()
        assert given(customer)

    def test_unsubscribes_at_a_press_of_its_button(self, customer: str) -> None:
        answer = Client(enforce_csrf_checks=True).post(page_of(customer))
        assert "You are unsubscribed" in answer.content.decode()
        assert not given(customer)

    def test_takes_one_click_of_a_mail_program(self, customer: str) -> None:
        """RFC 8058: a form without cookies, from nowhere."""
        client = Client(enforce_csrf_checks=True)
        answer = client.post(page_of(customer), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert answer.cookies == {}
        assert not given(customer)

    def test_says_of_a_bad_link_that_it_is(self) -> None:
        answer = Client().post("/mail/unsubscribe/nonsense/")
        assert answer.status_code == 404
        assert "does not work" in answer.content.decode()

    def test_does_not_turn_off_what_must_be_sent(self, customer: str) -> None:
        assert Client().post(page_of(customer, "statement_ready")).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_link_in_a_mail_is_the_one(sink: Sink) -> None:
    (customer,) = world.new_customers(1)
    decide(customer, KIND, given=True, source=Source.SETTINGS)
    world.sent(world.new_campaign(KIND), [customer])
    raw = sink.accepted[0].raw.decode("ascii")
    link = raw.partition("List-Unsubscribe: <")[2].partition(">")[0]
    assert link.startswith("http")
    path = "/" + link.split("/", 3)[3]
    Client().post(path, {"List-Unsubscribe": "One-Click"})
    assert not given(customer)
