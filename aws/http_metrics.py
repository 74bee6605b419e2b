"""Middleware: how long each address takes, and which feature its AWS calls belong to."""

import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from aws.metrics import use_case
from aws.metrics.names import REQUEST_SECONDS, RequestLabels

UNROUTED = "unrouted"


class RequestMetrics:
    """Times every request under its route's name, and runs the view as that use-case.

    The name is `<namespace>:<name>` of `urls.py`, never the path: a path holds ids. Stands first
    in `MIDDLEWARE`, so that what the others cost is seen.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        with use_case("http"):  # sessions and sign-in, before the route is known
            response = self._get_response(request)
        labels = RequestLabels(_route(request), _method(request), str(response.status_code))
        REQUEST_SECONDS.observe(labels, time.perf_counter() - started)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Django calls this once the route is known; the block above ends the use-case."""
        use_case(_route(request)).__enter__()
        return None


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or UNROUTED) if match else UNROUTED


def _method(request: HttpRequest) -> str:
    """Only methods that exist: a caller must not be able to invent series."""
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return request.method if request.method in known else "other"
