"""`@customer_required`: the page is for a customer who is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme

from identity.customers import Customer

_P = ParamSpec("_P")


class CustomerRequest(HttpRequest):
    """What a view behind `customer_required` gets."""

    customer: Customer


_View: TypeAlias = Callable[Concatenate[CustomerRequest, _P], HttpResponse]


def customer_required(view: _View[_P]) -> Callable[Concatenate[HttpRequest, _P], HttpResponse]:
    """Sends anybody else to the sign-in page and back afterwards. What the view answers is
    `private, no-store` unless it says otherwise itself."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        if getattr(request, "customer", None) is None:
            return _to_sign_in(request)
        response = view(cast("CustomerRequest", request), *args, **kwargs)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return guarded


def safe_next(target: str | None) -> str:
    """Where to go after the sign-in: a path on this site, or `/` for anything else."""
    is_ours = url_has_allowed_host_and_scheme(target or "", allowed_hosts=None)
    return target if target and is_ours and target.startswith("/") else "/"


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': wanted})}")
    # htmx asks for a piece of a page: the whole page has to move, and to its own address.
    page = request.headers.get("HX-Current-URL", "/").partition("://")[2].partition("/")[2]
    address = f"{reverse('sign-in')}?{urlencode({'next': safe_next(f'/{page}')})}"
    return HttpResponse(status=204, headers={"HX-Redirect": address})
