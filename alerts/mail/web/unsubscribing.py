"""Unsubscribing without signing in: a page with one button, and the one click of mail programs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from alerts.mail.services import unsubscribing
from alerts.mail.services.unsubscribing import BadLink, NotOptional

_PAGE = "alerts/unsubscribe.html"


# The link is the authority: a mail program posts without cookies (RFC 8058), so there is nothing
# that another site could make a browser send along.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing, since scanners open every link; POST does it, at once."""
    try:
        if request.method == "POST":
            found, is_done = unsubscribing.unsubscribe(token), True
        else:
            found, is_done = unsubscribing.subscription_of(token), False
    except (BadLink, NotOptional) as error:
        return render(request, _PAGE, {"problem": error.message}, status=404)
    return render(request, _PAGE, {"kinds": found.kinds, "is_done": is_done})
