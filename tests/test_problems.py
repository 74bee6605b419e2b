"""Every error as the API says it, and as a page does."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aws.errors import AwsError
from config.problems import ErrorPages, not_found, problem_of, server_error
from kernel.errors import Conflict, HubError, Missing, Refused, Unavailable


class PreconditionMissing(Refused):
    """Say which version you mean with `If-Match`."""

    code = "precondition_required"
    http_status = 428


class AccountMissing(Missing):
    """There is no such account."""

    code = "account_missing"


def raised_on_the_api(error: Exception, **headers: str) -> Any:
    class Raises(APIView):
        permission_classes = ()
        authentication_classes = ()

        def get(self, _request: Request) -> Response:
            raise error

    return Raises.as_view()(RequestFactory().get("/api/v1/x", headers=headers))


def on_a_page(error: Exception, path: str = "/accounts/1/") -> HttpResponse | None:
    def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    return ErrorPages(answer).process_exception(RequestFactory().get(path), error)


class TestProblems:
    @pytest.mark.parametrize(
        ("error", "status", "code"),
        [
            (Missing(), 404, "not_found"),
            (AccountMissing(), 404, "account_missing"),
            (Refused(), 422, "refused"),
            (PreconditionMissing(), 428, "precondition_required"),
            (Conflict(), 409, "conflict"),
            (Unavailable(), 503, "unavailable"),
            (Http404(), 404, "not_found"),
            (PermissionDenied(), 403, "forbidden"),
            (exceptions.NotAuthenticated(), 403, "not_authenticated"),  # nothing to sign in by
            (exceptions.PermissionDenied(), 403, "permission_denied"),
            (exceptions.Throttled(wait=3), 429, "throttled"),
            (exceptions.ParseError(), 400, "parse_error"),
            (exceptions.UnsupportedMediaType("text/x"), 415, "unsupported_media_type"),
            (exceptions.NotAcceptable(), 406, "not_acceptable"),
        ],
        ids=lambda each: type(each).__name__ if isinstance(each, Exception) else str(each),
    )
    def test_have_a_status_and_a_code(self, error: Exception, status: int, code: str) -> None:
        response = raised_on_the_api(error)
        assert response.status_code == status
        assert response["Content-Type"] == "application/problem+json"
        body = json.loads(response.content)
        assert (body["status"], body["code"]) == (status, code)
        assert body.keys() == {"type", "title", "status", "detail", "code"}
        assert body["type"].endswith(code)
        assert body["detail"]

    def test_say_what_the_error_says(self) -> None:
        detail = json.loads(raised_on_the_api(AccountMissing()).content)["detail"]
        assert detail == "There is no such account."

    def test_are_412_where_a_version_was_given(self) -> None:
        assert raised_on_the_api(Conflict(), **{"If-Match": '"3"'}).status_code == 412

    @pytest.mark.parametrize(
        ("error", "seconds"),
        [(Unavailable(retry_after_s=7), "7"), (Unavailable(retry_after_s=0), "1")],
    )
    def test_say_when_to_come_again(self, error: HubError, seconds: str) -> None:
        assert raised_on_the_api(error)["Retry-After"] == seconds

    def test_name_the_fields_of_bad_input(self) -> None:
        response = raised_on_the_api(exceptions.ValidationError({"limit": ["Too large."]}))
        assert response.status_code == 422
        assert json.loads(response.content)["errors"] == {"limit": ["Too large."]}

    @pytest.mark.parametrize("error", [AwsError(), ValueError(), HubError()], ids=repr)
    def test_are_not_made_of_our_own_faults(self, error: Exception) -> None:
        assert problem_of(error, RequestFactory().get("/")) is None
        with pytest.raises(type(error)):
            raised_on_the_api(error)


class TestErrorPages:
    def test_are_html_for_pages(self) -> None:
        response = on_a_page(AccountMissing())
        assert response is not None
        assert response.status_code == 404
        assert response["Content-Type"].startswith("text/html")

    @pytest.mark.parametrize(
        ("error", "status"), [(Refused(), 422), (Conflict(), 409), (Unavailable(), 503)]
    )
    def test_keep_the_status(self, error: HubError, status: int) -> None:
        response = on_a_page(error)
        assert response is not None
        assert response.status_code == status
        assert ("Retry-After" in response) is isinstance(error, Unavailable)

    def test_are_problems_below_the_apis_address(self) -> None:
        response = on_a_page(AccountMissing(), "/api/v1/accounts/1")
        assert response is not None
        assert response["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("error", [AwsError(), ValueError(), Http404()], ids=repr)
    def test_leave_everything_else_to_django(self, error: Exception) -> None:
        assert on_a_page(error) is None

    @pytest.mark.parametrize(
        ("path", "kind"),
        [("/api/v1/nowhere", "application/problem+json"), ("/nowhere", "text/html")],
    )
    def test_are_as_the_asker_expects(self, path: str, kind: str) -> None:
        request = RequestFactory().get(path)
        for response, status in [
            (not_found(request, Http404()), 404),
            (server_error(request), 500),
        ]:
            assert response.status_code == status
            assert response["Content-Type"].startswith(kind)


class TestARedisThatIsAway:
    @pytest.fixture(autouse=True)
    def away(self, settings: Any) -> None:
        nobody = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
        settings.CACHES = {"default": nobody}

    def test_is_said_on_a_page_of_somebody_signed_in(self) -> None:
        client = Client(raise_request_exception=False)
        client.cookies["sessionid"] = "x" * 32
        response = client.get("/")
        assert response.status_code == 503
        assert response["Retry-After"] == "5"
        assert b"Please try again in a moment" in response.content

    def test_does_not_concern_the_api(self) -> None:
        assert Client().get("/api/v1/accounts").status_code == 401
