"""What a kind of mail looks like, with made-up data."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from alerts.mail import queries
from alerts.mail.kinds import kind_named
from alerts.mail.web.pages import staff_page
from identity.staff import Role, requires_role

# A mail carries its style within itself. Nothing else of it works: it runs in a sandbox.
_AS_MAIL = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
    "sandbox": [""],
}


@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # it is typed for views of no argument
@requires_role(Role.VIEWER)
def preview(request: HttpRequest, kind: str) -> HttpResponse:
    """Subject, text, and the HTML in a frame."""
    found = kind_named(kind)
    said = queries.preview(found)
    return staff_page(request, "mail_preview.html", found.label, kind=found, said=said)


@require_safe
@xframe_options_sameorigin
@csp(_AS_MAIL)  # type: ignore[arg-type]  # the same
@requires_role(Role.VIEWER)
def html(request: HttpRequest, kind: str) -> HttpResponse:
    """The HTML body by itself."""
    return HttpResponse(queries.preview(kind_named(kind)).html)
