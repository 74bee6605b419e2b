"""Who is calling, on every request for a page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from identity import sessions
from identity.customers import Customer
from kernel.clock import utc_now


class HubRequest(HttpRequest):
    """A request that has passed `CustomerMiddleware`; None: nobody is signed in as a customer."""

    customer: Customer | None


class CustomerMiddleware:
    """Sets `request.customer`. Stands after Django's session middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without the cookie there is nothing to read, and API calls have none.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        customer = sessions.current(request, now=utc_now()) if has_session else None
        request.customer = customer  # type: ignore[attr-defined]  # see HubRequest
        return self.get_response(request)
