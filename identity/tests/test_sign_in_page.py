"""Signing in with a browser, and what must not work."""

import base64
import re
import secrets
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from identity import sessions
from identity.staff import Role
from identity.tests.people import Person, StaffMaker
from identity.web.guards import CustomerRequest, customer_required, safe_next
from kernel.clock import utc_now

COOKIE = settings.SESSION_COOKIE_NAME


@pytest.fixture
def browser(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def sign_in(browser: Client, person: Person, **changes: str) -> Any:
    form = {"email": person.email, "password": person.password, **changes}
    return browser.post("/sign-in/", form)


def who(browser: Client, **later: int) -> str | None:
    """Whom the site takes this browser for, `later` (a timedelta's arguments) than now."""
    request = request_of(browser)
    found = sessions.current(request, now=utc_now() + timedelta(**later))
    request.session.save()
    return found.customer_id if found else None


def request_of(browser: Client) -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = browser.session
    return request


def raw_sessions(key: str) -> list[bytes]:
    """What lies in Redis under this session key."""
    store = redis.Redis.from_url(settings.REDIS_URL)
    found = [store.get(name) for name in store.scan_iter(f"*{key}*")]
    return [raw for raw in found if isinstance(raw, bytes)]


class TestSignInPage:
    def test_asks_for_address_and_password(self, browser: Client) -> None:
        response = browser.get("/sign-in/")
        assert response.status_code == 200
        assert b'autocomplete="current-password"' in response.content
        assert "no-store" in response["Cache-Control"]

    def test_lets_alice_in(self, browser: Client, alice: Person) -> None:
        response = sign_in(browser, alice)
        assert (response.status_code, response["Location"]) == (302, "/")
        assert who(browser) == alice.customer_id

    def test_takes_her_to_the_page_that_she_wanted(self, browser: Client, alice: Person) -> None:
        assert (
            sign_in(browser, alice, next="/accounts/1/?q=tea")["Location"] == "/accounts/1/?q=tea"
        )

    def test_lets_nobody_in_with_a_wrong_password(self, browser: Client, alice: Person) -> None:
        response = sign_in(browser, alice, password="wrong-password")
        assert response.status_code == 422
        assert b"wrong" in response.content
        assert b"wrong-password" not in response.content
        assert COOKIE not in browser.cookies

    def test_says_the_same_to_a_stranger(self, browser: Client, alice: Person) -> None:
        stranger = f"{secrets.token_hex(6)}@bank.example"
        wrong = sign_in(browser, alice, password="wrong-password").content.decode()
        strange = sign_in(browser, alice, email=stranger).content.decode()
        assert anonymous(wrong, alice.email) == anonymous(strange, stranger)

    def test_points_at_the_field_that_is_missing(self, browser: Client, alice: Person) -> None:
        response = sign_in(browser, alice, password="")
        assert response.status_code == 422
        assert b"id_password_error" in response.content

    @override_settings(IDENTITY={"attempts_per_email": 1})
    def test_says_how_long_to_wait(self, browser: Client, alice: Person) -> None:
        sign_in(browser, alice, password="wrong-password")
        response = sign_in(browser, alice)
        assert response.status_code == 429
        assert int(response["Retry-After"]) > 800
        assert b"try again in 15 min" in response.content
        assert who(browser) is None

    def test_wants_a_csrf_token(self, alice: Person, address: str) -> None:
        strict = Client(enforce_csrf_checks=True, REMOTE_ADDR=address)
        assert sign_in(strict, alice).status_code == 403

    def test_works_with_its_csrf_token(self, alice: Person, address: str) -> None:
        strict = Client(enforce_csrf_checks=True, REMOTE_ADDR=address)
        page = strict.get("/sign-in/").content.decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found
        assert sign_in(strict, alice, csrfmiddlewaretoken=found[1]).status_code == 302

    def test_sends_on_whoever_is_signed_in(self, browser: Client, alice: Person) -> None:
        sign_in(browser, alice)
        assert browser.get("/sign-in/", {"next": "/alerts/"})["Location"] == "/alerts/"

    def test_sets_a_guarded_cookie(self, browser: Client, alice: Person) -> None:
        sign_in(browser, alice)
        cookie = browser.cookies[COOKIE]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


class TestNext:
    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.example/",
            "//evil.example/",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "http:/evil.example",
            "accounts/1",
            " //evil.example",
            "/\t/evil.example",
            "",
        ],
    )
    def test_never_leads_away(self, browser: Client, alice: Person, target: str) -> None:
        location = sign_in(browser, alice, next=target)["Location"]
        assert location == "/"

    def test_is_kept_through_a_failed_attempt(self, browser: Client, alice: Person) -> None:
        response = sign_in(browser, alice, password="", next="/alerts/")
        assert b'name="next" value="/alerts/"' in response.content

    def test_keeps_a_path_of_ours(self) -> None:
        assert safe_next("/accounts/1/?from=2025-01-01") == "/accounts/1/?from=2025-01-01"


class TestSession:
    def test_gets_a_new_key_at_the_sign_in(self, browser: Client, alice: Person) -> None:
        planted = browser.session
        planted["x"] = 1
        planted.save()
        browser.cookies[COOKIE] = str(planted.session_key)
        sign_in(browser, alice)
        assert browser.cookies[COOKIE].value != planted.session_key
        thief = Client()
        thief.cookies[COOKIE] = str(planted.session_key)
        assert who(thief) is None

    def test_of_alice_becomes_bobs_when_he_signs_in(
        self, browser: Client, alice: Person, bob: Person
    ) -> None:
        sign_in(browser, alice)
        before = browser.cookies[COOKIE].value
        sign_in(browser, bob)
        assert who(browser) == bob.customer_id
        assert browser.cookies[COOKIE].value != before

    def test_ends_in_redis_too(self, browser: Client, alice: Person) -> None:
        sign_in(browser, alice)
        copied = Client()
        copied.cookies[COOKIE] = browser.cookies[COOKIE].value
        assert who(copied) == alice.customer_id
        assert browser.post("/sign-out/")["Location"] == "/"
        assert who(copied) is None
        assert raw_sessions(copied.cookies[COOKIE].value) == []

    def test_does_not_end_by_a_link(self, browser: Client, alice: Person) -> None:
        sign_in(browser, alice)
        assert browser.get("/sign-out/").status_code == 405
        assert who(browser) == alice.customer_id

    def test_ends_when_idle(self, browser: Client, alice: Person) -> None:
        sign_in(browser, alice)
        assert who(browser, seconds=899) == alice.customer_id
        assert who(browser, seconds=899 + 899) == alice.customer_id
        assert who(browser, seconds=899 + 899 + 901) is None

    def test_ends_after_eight_hours_however_busy(self, browser: Client, alice: Person) -> None:
        sign_in(browser, alice)
        for minute in range(0, 8 * 60, 10):
            assert who(browser, minutes=minute) == alice.customer_id
        assert who(browser, hours=8) is None
        assert who(browser) is None

    def test_is_written_once_a_minute_only(self, browser: Client, alice: Person) -> None:
        sign_in(browser, alice)
        request = request_of(browser)
        sessions.current(request, now=utc_now() + timedelta(seconds=59))
        assert not request.session.modified
        sessions.current(request, now=utc_now() + timedelta(seconds=61))
        assert request.session.modified

    def test_keeps_name_and_address_out_of_redis(self, browser: Client, alice: Person) -> None:
        sign_in(browser, alice)
        (raw,) = raw_sessions(browser.cookies[COOKIE].value)
        assert alice.customer_id.encode() in raw
        for secret in (alice.email.encode(), b"Alice"):
            assert secret not in raw
            assert base64.b64encode(secret) not in raw

    def test_of_staff_outlives_the_customers(
        self, browser: Client, alice: Person, staff: StaffMaker
    ) -> None:
        browser.force_login(staff(Role.VIEWER))
        sign_in(browser, alice)
        browser.post("/sign-out/")
        assert who(browser) is None
        assert browser.get("/admin/approvals/").status_code == 200

    @pytest.mark.django_db
    def test_needs_no_row_in_the_relational_database(
        self, browser: Client, alice: Person, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(0):
            sign_in(browser, alice)
        assert not User.objects.exists()


class TestCustomerRequired:
    @staticmethod
    @customer_required
    def page(request: CustomerRequest, greeting: str) -> HttpResponse:
        return HttpResponse(f"{greeting} {request.customer.name}")

    def answer(self, browser: Client, headers: dict[str, str] | None = None) -> HttpResponse:
        request = RequestFactory().get("/accounts/1/?q=tea", headers=headers)
        request.session = browser.session
        request.customer = sessions.current(request, now=utc_now())  # type: ignore[attr-defined]
        return self.page(request, "Hello")

    def test_shows_the_page_to_alice(self, browser: Client, alice: Person) -> None:
        sign_in(browser, alice)
        response = self.answer(browser)
        assert response.content == b"Hello Alice"
        assert response["Cache-Control"] == "private, no-store"

    def test_sends_strangers_to_the_sign_in_page(self, browser: Client) -> None:
        response = self.answer(browser)
        assert response["Location"] == "/sign-in/?next=%2Faccounts%2F1%2F%3Fq%3Dtea"

    def test_moves_the_whole_page_under_htmx(self, browser: Client) -> None:
        headers = {
            "HX-Request": "true",
            "HX-Current-URL": "http://testserver/accounts/1/?q=te",
        }
        response = self.answer(browser, headers)
        assert response.status_code == 204
        assert response["HX-Redirect"] == "/sign-in/?next=%2Faccounts%2F1%2F%3Fq%3Dte"

    def test_refuses_staff_who_are_no_customers(self, browser: Client, staff: StaffMaker) -> None:
        browser.force_login(staff(Role.OPERATOR))
        assert self.answer(browser).status_code == 302


def anonymous(page: str, email: str) -> str:
    """A page without what differs anyhow: the address typed in, and random values."""
    page = re.sub(r'(value|nonce)="[A-Za-z0-9]{20,}"', "", page)
    return page.replace(email, "EMAIL")
