"""`/ops/consumers/`: who reads what, how far they are, and what can be done about it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from identity.staff import Role, requires_role, staff_of
from kernel.errors import HubError
from monitoring.services import consumers
from monitoring.web.pages import page

_REASON_MAX = 200


@require_safe
@requires_role(Role.VIEWER)
def listing(request: HttpRequest) -> HttpResponse:
    """All handlers by name."""
    return page(request, "ops/consumers.html", "consumers", {"handlers": consumers.handlers()})


@require_safe
@requires_role(Role.VIEWER)
def detail(request: HttpRequest, handler: str) -> HttpResponse:
    """One, shard by shard."""
    context = {"handler": consumers.handler(handler), "reason_max": _REASON_MAX}
    return page(request, "ops/consumer.html", "consumers", context)


@require_POST
@requires_role(Role.OPERATOR)
def act(request: HttpRequest, handler: str) -> HttpResponse:
    """Pauses, resumes, or proposes to rewind, as the button says."""
    reason = request.POST.get("reason", "").strip()[:_REASON_MAX]
    try:
        said = _act(request, handler, reason)
    except HubError as error:
        messages.error(request, error.message)
    else:
        if said is None:
            return HttpResponseBadRequest("neither pause, resume nor rewind")
        messages.success(request, said)
    return redirect("ops-consumer", handler)


def _act(request: HttpRequest, handler: str, reason: str) -> str | None:
    by = staff_of(request)
    match request.POST.get("act"):
        case "pause":
            consumers.pause(handler, reason, by)
            return "Paused. Processes let go of it within a few seconds."
        case "resume":
            consumers.resume(handler, by)
            return "It goes on from its checkpoints."
        case "rewind":
            consumers.propose_rewind(handler, reason, by)
            return "Proposed. It begins anew when a second person has allowed it."
    return None
