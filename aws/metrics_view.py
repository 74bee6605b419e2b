"""`/metrics` for Prometheus: staff in their session, or a scraper with `METRICS_TOKEN`."""

import redis
import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache

from aws.metrics.exposition import CONTENT_TYPE, exposition
from aws.metrics.neighbours import process_name
from aws.metrics.reporting import neighbours
from aws.metrics.snapshots import Family, gathered

log = structlog.get_logger(__name__)
_ROLE = "web"


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Every process's series. 401 without a credential, 403 for who is signed in but not staff."""
    if not _may_read(request):
        return _refusal(request)
    return HttpResponse(exposition(_everyone()), content_type=CONTENT_TYPE)


def _everyone() -> dict[str, list[Family]]:
    try:
        found = neighbours(_ROLE).read()
    except redis.RedisError as error:
        log.warning("metrics_neighbours_unread", error=type(error).__name__)
        found = {}
    return found | {process_name(_ROLE): gathered()}  # our own, as it is this instant


def _may_read(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    if user is not None and user.is_active and user.is_staff:
        return True
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected: str = settings.METRICS_TOKEN
    return bool(expected) and scheme == "Bearer" and constant_time_compare(token, expected)


def _refusal(request: HttpRequest) -> HttpResponse:
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return HttpResponse("for staff only\n", status=403, content_type="text/plain")
    refusal = HttpResponse("a token is needed\n", status=401, content_type="text/plain")
    refusal["WWW-Authenticate"] = "Bearer"
    return refusal
