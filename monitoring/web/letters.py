"""`/ops/dead-letters/`: what was given up, box by box; inspected, replayed or discarded."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from aws import letters as boxes
from aws.letters import Box
from identity.staff import Role, requires_role, staff_of
from kernel.errors import HubError
from monitoring.services import letters
from monitoring.web.pages import page


@require_safe
@requires_role(Role.VIEWER)
def listing(request: HttpRequest) -> HttpResponse:
    """All boxes with how many letters lie in each."""
    rows = [_row(box) for box in boxes.boxes()]
    return page(request, "ops/boxes.html", "letters", {"rows": rows})


@require_safe
@requires_role(Role.VIEWER)
def queue(request: HttpRequest, queue: str) -> HttpResponse:
    """The letters of one box, without their content."""
    box = boxes.box_named(queue)
    context = {"box": box, "letters": letters.listed(box), "looked_at_max": boxes.LOOKED_AT_MAX}
    return page(request, "ops/letters.html", "letters", context)


@require_safe
@requires_role(Role.OPERATOR)
def detail(request: HttpRequest, queue: str, letter: str) -> HttpResponse:
    """One with its content, which is audited."""
    box = boxes.box_named(queue)
    opened = letters.opened(box, letter, staff_of(request))
    return page(request, "ops/letter.html", "letters", {"box": box, "opened": opened})


@require_POST
@requires_role(Role.OPERATOR)
def act(request: HttpRequest, queue: str, letter: str) -> HttpResponse:
    """Replays or discards, as the button says."""
    box = boxes.box_named(queue)
    try:
        said = _act(request, box, letter)
    except HubError as error:
        messages.error(request, f"It stays where it is: {error.message}")
    else:
        if said is None:
            return HttpResponseBadRequest("neither replay nor discard")
        messages.success(request, said)
    return redirect("ops-queue", queue)


def _act(request: HttpRequest, box: Box, letter: str) -> str | None:
    by = staff_of(request)
    match request.POST.get("act"):
        case "replay":
            return f"Replayed: {letters.replay(box, letter, by)}."
        case "discard":
            letters.discard(box, letter, by)
            return "Discarded."
    return None


def _row(box: Box) -> dict[str, Any]:
    try:
        return {"box": box, "waiting": boxes.waiting(box)}
    except HubError:
        return {"box": box, "waiting": None}
