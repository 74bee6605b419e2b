"""Errors as the API says them: RFC 9457 problem details, mapped here and nowhere else.

    Missing 404   Refused 422   Conflict 409, 412 under `If-Match`   or an error's `http_status`
    Unavailable 503 with `Retry-After`, and so is a Redis that does not answer (sessions)

Pages get the same statuses with the site's error pages.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
import redis
import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults
from rest_framework import exceptions
from rest_framework.views import set_rollback

from kernel.errors import Conflict, HubError, Missing, Refused, Unavailable

_log = structlog.get_logger(__name__)
# What pages answer for; the rest is Django's.
_OURS = (HubError, redis.ConnectionError, redis.TimeoutError)
_STATUSES: dict[type[HubError], int] = {Missing: 404, Refused: 422, Conflict: 409, Unavailable: 503}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong; `code` is stable, `detail` is for a person, `fields` names bad input,
    `members` is what this problem says besides (RFC 9457, 3.2)."""

    status: int
    code: str
    detail: str
    fields: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    members: dict[str, Any] = field(default_factory=dict)

    def response(self) -> HttpResponse:
        body = {
            "type": f"urn:txhub:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.members,
        }
        if self.fields:
            body["errors"] = self.fields
        headers = {"Cache-Control": "no-store", **self.headers}
        return HttpResponse(
            orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS),  # a fault in a list: its place
            status=self.status,
            content_type="application/problem+json",
            headers=headers,
        )


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's `EXCEPTION_HANDLER`. None for what nobody raised on purpose: that is a 500."""
    problem = problem_of(error, context["request"])
    if problem is None:
        return None
    set_rollback()
    return problem.response()


def problem_of(error: Exception, request: Any) -> Problem | None:
    """What an error means to the caller; None for one that is our fault."""
    match error:
        case Missing() | Refused() | Conflict() | Unavailable():
            return _ours(error, request)
        case redis.ConnectionError() | redis.TimeoutError():
            return _ours(Unavailable("Sign-in sessions cannot be read.", retry_after_s=5), request)
        case Http404():
            return Problem(status=404, code="not_found", detail="There is nothing here.")
        case PermissionDenied():
            return Problem(status=403, code="forbidden", detail="This is not for you to do.")
        case exceptions.ValidationError():
            return _invalid(error)
        case exceptions.APIException():
            return _drf(error)
    return None


class ErrorPages:
    """Middleware for pages: the four kinds of error become error pages with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        problem = problem_of(error, request) if isinstance(error, _OURS) else None
        return _said(request, problem, error) if problem else None


def _said(request: HttpRequest, problem: Problem, error: Exception) -> HttpResponse:
    """The problem as JSON on the API, as a page elsewhere."""
    if _is_api(request):
        return problem.response()
    if problem.status == 404:
        response: HttpResponse = defaults.page_not_found(request, error)
        response["Cache-Control"] = "no-store"
        return response
    _log.info("page_refused", code=problem.code, status=problem.status)
    if problem.status >= 500:
        # Without the request: what it knows of its caller may be the very thing that is away.
        response = render(None, "500.html", {"problem": problem}, status=problem.status)
    else:
        response = render(request, "error.html", {"problem": problem}, status=problem.status)
    for name, value in {"Cache-Control": "no-store", **problem.headers}.items():
        response[name] = value
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`: an unknown address."""
    if _is_api(request):
        return Problem(status=404, code="not_found", detail="There is no such address.").response()
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: our fault, and Django has logged it; or an error of a middleware, which
    Django brings here whatever it is."""
    error = sys.exc_info()[1]
    if isinstance(error, _OURS) and (problem := problem_of(error, request)):
        return _said(request, problem, error)
    if _is_api(request):
        detail = "Something went wrong on our side. It has been logged."
        return Problem(status=500, code="internal_error", detail=detail).response()
    return defaults.server_error(request)


def _ours(error: HubError, request: Any) -> Problem:
    status = getattr(error, "http_status", None)
    if status is None:
        status = next(each for kind, each in _STATUSES.items() if isinstance(error, kind))
        if isinstance(error, Conflict) and "If-Match" in request.headers:
            status = 412
    headers = _retry_after(getattr(error, "retry_after_s", None))
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="txhub"'
    members = getattr(error, "members", {})
    return Problem(
        status=status, code=error.code, detail=error.message, headers=headers, members=members
    )


def _drf(error: exceptions.APIException) -> Problem:
    headers = _retry_after(getattr(error, "wait", None))
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    detail = error.detail if isinstance(error.detail, str) else str(error.default_detail)
    code = getattr(error.detail, "code", error.default_code)
    return Problem(status=error.status_code, code=str(code), detail=str(detail), headers=headers)


def _invalid(error: exceptions.ValidationError) -> Problem:
    detail = error.detail
    fields = detail if isinstance(detail, dict) else {"non_field_errors": detail}
    return Problem(
        status=422, code="invalid", detail="Some of the input is not valid.", fields=dict(fields)
    )


def _retry_after(seconds: float | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(max(1, round(seconds)))}


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
