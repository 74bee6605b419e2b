"""`/ops/look-up/?id=`: whatever has this id, by what the apps declare."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from identity.staff import Role, requires_role, staff_of
from monitoring.services import looking_up
from monitoring.services.looking_up import NothingFound
from monitoring.web.pages import page

_ID_MAX = 200


@require_safe
@requires_role(Role.VIEWER)
def look_up(request: HttpRequest) -> HttpResponse:
    """The form, and what was found."""
    wanted = request.GET.get("id", "").strip()[:_ID_MAX]
    by = staff_of(request)
    context: dict[str, Any] = {"wanted": wanted, "offered": looking_up.offered(by), "found": None}
    status = 200
    if wanted:
        try:
            context["found"] = looking_up.look_up(wanted, by, key=request.GET.get("kind", ""))
        except NothingFound:
            context["found"], status = [], 404
    return page(request, "ops/look_up.html", "look-up", context, status)
