"""The log of requests: method, address and outcome, without what people type into an address."""

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

from kernel.ids import is_opaque


class RequestLog(RequestMiddleware):
    """django-structlog's, which would log the query: there stand the words of a search."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """`GET /api/v1/accounts/acc_…`; the route alone where a part of the path is no opaque id,
        since anybody may put an account number there."""
        match = request.resolver_match
        if match is None:
            return f"{request.method} unrouted"
        if all(is_opaque(str(part)) for part in match.kwargs.values()):
            return f"{request.method} {request.path}"
        return f"{request.method} /{match.route}"
