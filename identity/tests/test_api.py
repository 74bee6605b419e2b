"""The API as a client sees it: tokens out, tokens in, problem details for everything else."""

import secrets
import time
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.api.authentication import bearer, caller
from identity.tests.people import Person

URL = "/api/v1/token"


class WhoAmI(APIView):
    """Any call of the API, with the project's own defaults."""

    def get(self, request: Request) -> Response:
        return Response({"id": caller(request).customer_id})


def ask(person: Person, address: str, **changes: str) -> Any:
    body = {"email": person.email, "password": person.password, **changes}
    return Client().post(URL, body, content_type="application/json", REMOTE_ADDR=address)


def call(authorization: str | None) -> HttpResponse:
    headers = {} if authorization is None else {"Authorization": authorization}
    request = RequestFactory().get("/api/v1/who", headers=headers)
    response = WhoAmI.as_view()(request)
    if isinstance(response, Response):
        response.render()
    return response


class TestToken:
    def test_trades_a_password_for_an_access_token(self, alice: Person, address: str) -> None:
        response = ask(alice, address)
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        body = response.json()
        assert body.keys() == {"access_token", "expires_in", "token_type"}
        assert (body["expires_in"], body["token_type"]) == (3600, "Bearer")

    def test_is_refused_alike_for_a_wrong_password_and_a_strange_address(
        self, alice: Person, address: str
    ) -> None:
        wrong = ask(alice, address, password="wrong-password")
        strange = ask(alice, address, email=f"{secrets.token_hex(4)}@bank.example")
        assert wrong.status_code == strange.status_code == 401
        assert wrong.content == strange.content
        assert wrong["Content-Type"] == "application/problem+json"
        assert wrong["WWW-Authenticate"].startswith("Bearer")
        assert wrong.json()["code"] == "wrong_credentials"

    @override_settings(IDENTITY={"attempts_per_email": 1, "attempts_window_s": 60})
    def test_is_refused_after_too_many_attempts(self, alice: Person, address: str) -> None:
        ask(alice, address, password="wrong-password")
        response = ask(alice, address)
        assert response.status_code == 429
        assert 1 <= int(response["Retry-After"]) <= 60
        assert response.json()["code"] == "too_many_attempts"

    @pytest.mark.parametrize(
        "body", [{}, {"email": "a@bank.example"}, {"email": 1, "password": []}, []], ids=str
    )
    def test_refuses_incomplete_input(self, body: Any, address: str) -> None:
        response = Client().post(URL, body, content_type="application/json", REMOTE_ADDR=address)
        assert response.status_code == 422
        problem = response.json()
        assert problem.keys() == {"type", "title", "status", "detail", "code", "errors"}

    def test_refuses_what_is_no_json(self, address: str) -> None:
        response = Client().post(URL, b"{", content_type="application/json", REMOTE_ADDR=address)
        assert (response.status_code, response.json()["code"]) == (400, "parse_error")

    def test_refuses_other_methods(self) -> None:
        response = Client().get(URL)
        assert (response.status_code, response.json()["status"]) == (405, 405)


class TestBearer:
    @pytest.mark.parametrize("name", ["alice", "bob"])
    def test_knows_who_calls(self, name: str, address: str, request: pytest.FixtureRequest) -> None:
        person: Person = request.getfixturevalue(name)
        token = ask(person, address).json()["access_token"]
        response = call(f"Bearer {token}")
        assert response.status_code == 200
        assert person.customer_id in response.content.decode()

    def test_asks_for_a_token(self) -> None:
        response = call(None)
        assert response.status_code == 401
        assert response["Content-Type"] == "application/problem+json"
        assert response["WWW-Authenticate"] == 'Bearer realm="txhub"'

    @pytest.mark.parametrize("sent", ["Bearer", "Bearer ", "Bearer x", "bearer a.b.c"])
    def test_says_that_the_token_was_the_reason(self, sent: str) -> None:
        response = call(sent)
        assert response.status_code == 401
        assert 'error="invalid_token"' in response["WWW-Authenticate"]
        assert b'"code":"invalid_token"' in response.content

    def test_takes_no_other_scheme(self) -> None:
        assert call("Basic YWxpY2U6cA==").status_code == 401

    def test_takes_no_cookie_for_a_token(self, alice: Person, address: str) -> None:
        client = Client()
        form = {"email": alice.email, "password": alice.password}
        client.post("/sign-in/", form, REMOTE_ADDR=address)
        request = RequestFactory().get("/api/v1/who")
        request.COOKIES.update({name: each.value for name, each in client.cookies.items()})
        assert WhoAmI.as_view()(request).status_code == 401

    def test_costs_less_than_50_us_for_a_known_token(self, alice: Person, address: str) -> None:
        request = HttpRequest()
        token = ask(alice, address).json()["access_token"]
        request.META["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        bearer(request)
        started = time.process_time()
        for _ in range(2000):
            bearer(request)
        assert (time.process_time() - started) / 2000 < 50e-6
