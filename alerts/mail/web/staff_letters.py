"""Letters in the admin: what must go out on paper, and that it has."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from alerts.mail import queries
from alerts.mail.services import deciding
from alerts.mail.web.pages import staff_page
from identity.staff import Role, has_role, requires_role, staff_of
from kernel.errors import HubError


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.VIEWER, to_post=Role.OPERATOR)
def listing(request: HttpRequest) -> HttpResponse:
    """`/admin/mail/letters/`: by the customers' ids; what a letter says is the print shop's."""
    if request.method == "POST":
        _close(request, request.POST.get("mail", ""))
        return redirect("mail-letters")
    return staff_page(
        request,
        "mail_letters.html",
        "Letters",
        letters=queries.open_letters(),
        shown_max=queries.SHOWN_MAX,
        may_act=has_role(request.user, Role.OPERATOR),
    )


def _close(request: HttpRequest, mail_id: str) -> None:
    try:
        deciding.letter_sent(mail_id, staff_of(request))
    except HubError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Noted: the letter has gone out.")
