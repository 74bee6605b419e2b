"""`@reader_required`: the page is for anybody who is signed in, customer or staff."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from identity.staff import Role, has_role
from identity.web.guards import customer_required

_View = Callable[[HttpRequest], HttpResponse]


def reader_required(view: _View) -> _View:
    """Sends anybody else to the customers' sign-in page and back afterwards. What the view answers
    is `private, no-store` unless it says otherwise itself."""
    for_customers = customer_required(view)

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not has_role(request.user, Role.VIEWER):
            return for_customers(request)
        response = view(request)
        response.setdefault("Cache-Control", "private, no-store")
        return response

    return guarded
