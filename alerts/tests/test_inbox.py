"""The inbox as its owner sees it, on the API and on pages. Alice owns, Bob shares, Charlie must be
refused."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from alerts.domain.alerts import Feedback
from alerts.domain.preferences import Preferences
from alerts.mail.services.unsubscribing import token_of
from alerts.repository import RULE_REPOSITORY
from alerts.services.preferences import choose
from alerts.tests.bank import Bank
from identity.tests.people import Person, new_person
from kernel.errors import Conflict
from txhub.domain.entities import CustomerId
from txhub.tests.people import new_account
from txhub.tests.test_api import Caller
from txhub.tests.web.visitors import signed_in, text_of

_MINUTES = timedelta(minutes=1)


@pytest.fixture(scope="module")
def alice() -> Person:
    return new_person("Alice")


@pytest.fixture(scope="module")
def bob() -> Person:
    return new_person("Bob")


@pytest.fixture(scope="module")
def charlie() -> Person:
    return new_person("Charlie")


@pytest.fixture
def shared(bank: Bank, alice: Person, bob: Person) -> Bank:
    """An account of Alice's and Bob's, charged twice."""
    bank.account = new_account(CustomerId(alice.customer_id), CustomerId(bob.customer_id))
    charge_twice(bank, "Voltmart")
    return bank


def charge_twice(bank: Bank, merchant: str) -> None:
    for ago in (20, 15):
        bank.buys(-4900, merchant=merchant, ago=ago * _MINUTES)
    bank.look()


def change(caller: Caller, alert_id: str, **values: Any) -> Any:
    return Client().patch(
        f"/api/v1/alerts/{alert_id}",
        values,
        content_type="application/json",
        headers=caller.headers,
    )


def put_preferences(caller: Caller, body: Any, **headers: str) -> Any:
    return Client().put(
        "/api/v1/alert-preferences",
        body,
        content_type="application/json",
        headers={**caller.headers, **headers},
    )


class TestApi:
    def test_shows_an_alert_to_each_owner(self, shared: Bank, alice: Person, bob: Person) -> None:
        for person in (alice, bob):
            answer = Caller(person).get("alerts")
            (alert,) = answer.json()["data"]
            assert alert.keys() == {
                "id", "kind", "account_id", "transaction_ids", "reason", "created_at", "read_at",
                "feedback",
            }  # fmt: skip
            assert alert["kind"] == "duplicate_charge"
            assert alert["account_id"] == shared.account
            assert "Voltmart" in alert["reason"]
            assert answer.json()["unread"] == 1
            assert "no-store" in answer["Cache-Control"]

    def test_shows_nobody_elses(self, shared: Bank, alice: Person, charlie: Person) -> None:
        (alert,) = Caller(alice).get("alerts").json()["data"]
        assert Caller(charlie).get("alerts").json()["data"] == []
        assert change(Caller(charlie), alert["id"], read=True).status_code == 404

    def test_marks_for_each_owner_apart(self, shared: Bank, alice: Person, bob: Person) -> None:
        (alert,) = Caller(alice).get("alerts").json()["data"]
        answer = change(Caller(alice), alert["id"], read=True)
        assert answer.status_code == 200
        assert answer.json()["read_at"] is not None
        assert Caller(alice).get("alerts").json()["unread"] == 0
        assert Caller(alice).get("alerts", unread="true").json()["data"] == []
        assert Caller(bob).get("alerts").json()["unread"] == 1
        assert change(Caller(alice), alert["id"], read=False).json()["read_at"] is None

    def test_counts_an_answer_once(self, shared: Bank, alice: Person) -> None:
        caller = Caller(alice)
        (alert,) = caller.get("alerts").json()["data"]
        for said in ("helpful", "helpful", "not_helpful", "helpful"):
            assert change(caller, alert["id"], feedback=said).json()["feedback"] == said
        answers = RULE_REPOSITORY.answers("duplicate_charge", 0)
        assert (answers.helpful, answers.not_helpful) == (1, 0)
        change(caller, alert["id"], feedback=None)
        assert RULE_REPOSITORY.answers("duplicate_charge", 0).share is None

    def test_keeps_what_was_said_when_it_is_raised_again(self, bank: Bank, alice: Person) -> None:
        bank.account = new_account(CustomerId(alice.customer_id))
        bank.buys(-249_900, merchant="Voltmart")
        changes, caller = bank.changes(), Caller(alice)
        bank.look(changes)
        (alert,) = caller.get("alerts").json()["data"]
        said = change(caller, alert["id"], read=True, feedback="helpful").json()
        bank.look(changes)
        assert caller.get("alerts").json()["data"] == [said]

    def test_knows_nothing_of_what_was_taken_back(self, shared: Bank, alice: Person) -> None:
        (alert,) = Caller(alice).get("alerts").json()["data"]
        shared.buys(4900, merchant="Voltmart", kind="refund", ago=17 * _MINUTES)
        shared.look()
        assert change(Caller(alice), alert["id"], read=True).status_code == 404

    def test_refuses_what_it_does_not_understand(self, shared: Bank, alice: Person) -> None:
        (alert,) = Caller(alice).get("alerts").json()["data"]
        assert change(Caller(alice), alert["id"]).status_code == 422
        assert change(Caller(alice), alert["id"], feedback="great").status_code == 422
        assert Caller(alice).get("alerts", kind="nonsense").status_code == 422

    def test_pages_through_the_list(self, shared: Bank, alice: Person) -> None:
        for merchant in ("Oak and Hinge", "Toolshed"):
            shared.now += timedelta(seconds=1)
            charge_twice(shared, merchant)
        caller = Caller(alice)
        first = caller.get("alerts", limit=2).json()
        second = caller.follow(first["links"]["next"]).json()
        reasons = [each["reason"].split()[0] for each in [*first["data"], *second["data"]]]
        assert reasons == ["Toolshed", "Oak", "Voltmart"]
        assert caller.follow(first["links"]["next"] + "&unread=true").status_code == 422

    def test_keeps_preferences_by_version(self, bank: Bank, alice: Person) -> None:
        caller = Caller(alice)
        before = caller.get("alert-preferences")
        etag = before["ETag"]
        body = {
            "kinds": [{"kind": "duplicate_charge", "channels": ["email"]}],
            "quiet_hours": {"begin": "22:00", "end": "07:00"},
            "digest": True,
        }
        assert put_preferences(caller, body).status_code == 428
        assert put_preferences(caller, body, **{"If-Match": '"7"'}).status_code == 412
        answer = put_preferences(caller, body, **{"If-Match": etag})
        assert answer.status_code == 200
        assert answer["ETag"] != etag
        assert answer.json() == caller.get("alert-preferences").json()
        stale = put_preferences(caller, body, **{"If-Match": etag})
        assert stale.status_code == 412
        assert stale.json()["preferences"]["digest"] is True

    def test_keeps_the_first_of_two_choices(self, bank: Bank) -> None:
        before = Preferences(customer_id=bank.owner)
        first = choose(before, replace(before, digest=True))
        for stale in (before, replace(first, version=7)):
            with pytest.raises(Conflict) as lost:
                choose(stale, replace(stale, digest=False))
            assert lost.value.stored == first

    def test_refuses_quiet_hours_that_leave_no_moment(self, bank: Bank, alice: Person) -> None:
        etag = Caller(alice).get("alert-preferences")["ETag"]
        body = {"kinds": [], "quiet_hours": {"begin": "07:00", "end": "06:30"}}
        answer = put_preferences(Caller(alice), body, **{"If-Match": etag})
        assert answer.status_code == 422

    @pytest.mark.parametrize(
        "kind",
        [
            {"kind": "nonsense", "channels": ["inbox"]},
            {"kind": "generous_tip", "channels": ["inbox"], "settings": {"percent": 100_000}},
            {"kind": "generous_tip", "channels": ["inbox"], "settings": {"least_percent": 20}},
            {"kind": "generous_tip", "channels": ["pigeon"]},
        ],
    )
    def test_refuses_preferences_that_make_no_sense(
        self, bank: Bank, alice: Person, kind: Any
    ) -> None:
        caller = Caller(alice)
        etag = caller.get("alert-preferences")["ETag"]
        answer = put_preferences(caller, {"kinds": [kind]}, **{"If-Match": etag})
        assert answer.status_code == 422


class TestPages:
    def test_show_alerts_and_how_many_are_new(self, shared: Bank, alice: Person) -> None:
        browser = signed_in(alice)
        page = text_of(browser.get("/alerts/"))
        assert "Charged twice" in page
        assert "Voltmart charged you £49.00 twice" in page
        assert "Alerts 1 unread" in text_of(browser.get("/shop/"))

    def test_mark_answer_and_filter(self, shared: Bank, alice: Person) -> None:
        browser, caller = signed_in(alice), Caller(alice)
        (alert,) = caller.get("alerts").json()["data"]
        answered = browser.post(
            f"/alerts/{alert['id']}/answer/", {"feedback": "helpful", "question": "unread=1"}
        )
        assert answered["Location"] == "/alerts/?unread=1"
        assert "Nothing unread" in text_of(browser.get("/alerts/?unread=1"))
        (alert,) = caller.get("alerts").json()["data"]
        assert alert["feedback"] == Feedback.HELPFUL
        assert browser.post(f"/alerts/{alert['id']}/read/", {"read": "no"}).status_code == 302
        assert browser.post("/alerts/read/").status_code == 302
        assert caller.get("alerts").json()["unread"] == 0

    def test_hear_of_a_new_alert(self, shared: Bank, alice: Person) -> None:
        browser = signed_in(alice)
        first = browser.get("/alerts/news/")
        seen = first.context["state"]
        assert browser.get("/alerts/news/", {"seen": seen}).status_code == 204
        charge_twice(shared, "Toolshed")
        news = browser.get("/alerts/news/", {"seen": seen})
        assert "Toolshed" in text_of(news)
        assert 'hx-swap-oob="true"' in news.content.decode()

    def test_keep_what_was_chosen(self, bank: Bank, alice: Person) -> None:
        browser = signed_in(alice)
        shown = browser.get("/alerts/preferences/")
        form = {"version": shown.context["form"]["version"].value()}
        form |= {"generous_tip-inbox": "on", "generous_tip-percent": "40"}
        assert (
            browser.post("/alerts/preferences/", form | {"quiet_begin": "22:00"}).status_code == 422
        )
        assert browser.post("/alerts/preferences/", form).status_code == 302
        kinds = Caller(alice).get("alert-preferences").json()["kinds"]
        tip = next(each for each in kinds if each["kind"] == "generous_tip")
        assert (tip["channels"], tip["settings"]) == (["inbox"], {"percent": 40})
        other = next(each for each in kinds if each["kind"] == "duplicate_charge")
        assert other["channels"] == []

    def test_do_not_overwrite_a_newer_choice(self, bank: Bank, alice: Person) -> None:
        browser = signed_in(alice)
        answer = browser.post("/alerts/preferences/", {"version": "99"}, follow=True)
        assert "changed elsewhere" in text_of(answer)

    def test_say_that_e_mail_was_unsubscribed(self, bank: Bank, alice: Person) -> None:
        browser = signed_in(alice)
        version = browser.get("/alerts/preferences/").context["form"]["version"].value()
        form = {"version": version, "duplicate_charge-email": "on"}
        browser.post("/alerts/preferences/", form)
        assert "unsubscribed" not in text_of(browser.get("/alerts/preferences/"))
        Client().post(f"/mail/unsubscribe/{token_of(alice.customer_id, 'alert')}/")
        shown = browser.get("/alerts/preferences/")
        assert "You have unsubscribed" in text_of(shown)
        again = form | {"version": shown.context["form"]["version"].value()}
        browser.post("/alerts/preferences/", again)
        assert "unsubscribed" not in text_of(browser.get("/alerts/preferences/"))
