"""The audit log in the admin, for auditors. Reading it is audited too."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aws.vault import KeyDestroyed, Tampered
from identity import audit
from identity.chain import AuditEntry
from identity.staff import Role, actor_of, names_of, requires_role, staff_of

_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """An entry as the page shows it; `detail` is empty but where one subject was asked for."""

    entry: AuditEntry
    actor: str
    detail: dict[str, Any]


@require_safe
@requires_role(Role.AUDITOR)
def listing(request: HttpRequest) -> HttpResponse:
    """`/admin/audit/?subject=` or `?before=`: newest first, details for one subject only."""
    subject = request.GET.get("subject", "").strip()
    before = request.GET.get("before", "")
    if subject:
        _note_the_look(request, subject)
        entries = audit.entries_about(subject, limit=_PAGE)
    else:
        entries = audit.latest(limit=_PAGE, before=int(before) if before.isdecimal() else None)
    context = {
        **admin.site.each_context(request),
        "title": "Audit log",
        "subject": subject,
        "rows": _rows(entries, with_detail=bool(subject)),
        "older": entries[-1].sequence if not subject and len(entries) == _PAGE else None,
    }
    response = render(request, "admin/audit.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _note_the_look(request: HttpRequest, subject: str) -> None:
    audit.record(actor=actor_of(staff_of(request)), action="audit.viewed", subject=subject)


def _rows(entries: list[AuditEntry], *, with_detail: bool) -> list[EntryRow]:
    names = names_of({each.actor for each in entries})
    return [
        EntryRow(
            entry=each,
            actor=names.get(each.actor, each.actor),
            detail=_detail(each) if with_detail else {},
        )
        for each in entries
    ]


def _detail(entry: AuditEntry) -> dict[str, Any]:
    try:
        return audit.detail_of(entry)
    except (KeyDestroyed, Tampered) as error:
        return {"detail": error.message}
