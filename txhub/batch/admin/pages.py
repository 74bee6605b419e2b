"""What the pages have in common."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from identity import audit
from identity.staff import Role, SeenByStaffMixin, actor_of, has_role, staff_of
from kernel.errors import HubError


class ReadOnly(SeenByStaffMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """`has_operator_permission` is what actions of operators ask for."""

    show_facets = admin.ShowFacets.NEVER

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Under the name of what is listed: there is nothing to select here and change."""
        title = capfirst(str(self.opts.verbose_name_plural))
        shown: HttpResponse = super().changelist_view(
            request, {"title": title, **(extra_context or {})}
        )
        return shown

    def has_operator_permission(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.OPERATOR)


def each(
    request: HttpRequest, chosen: QuerySet[Any], act: Callable[[Any], object], said: str
) -> None:
    """Does `act` to each of the chosen rows and tells the operator what became of it."""
    for one in chosen:
        try:
            act(one)
        except HubError as error:
            messages.error(request, f"{one}: {error.message}")
        else:
            messages.success(request, f"{one}: {said}")


def audited(request: HttpRequest, action: str, subject: str) -> None:
    audit.record(actor=actor_of(staff_of(request)), action=action, subject=subject)


def state(status: str) -> SafeString:
    """A status as a word behind a mark: told apart without its colour."""
    return format_html('<span class="state is-{0}">{0}</span>', status.lower())


def number(value: float) -> str:
    return f"{value:,.0f}"


def duration(seconds: float | None) -> str:
    """`42 s`, `3 min 07 s`, `2 h 05 min`; a dash for None."""
    if seconds is None:
        return "-"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = int(seconds) // 60
    if minutes < 60:
        return f"{minutes} min {int(seconds) % 60:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"
