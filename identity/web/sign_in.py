"""Customers sign in and out on our own pages."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from aws.cognito import SignInIncomplete, WrongCredentials
from identity import customers, sessions
from identity.attempts import TooManyAttempts, network_address
from identity.web.guards import safe_next
from kernel.clock import utc_now
from kernel.errors import Unavailable


class SignInForm(forms.Form):
    """E-mail address and password, as browsers' password managers know them."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="Password",
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page. Also what another view answers with when it is for customers only and
    wants to keep its own address, as `/` does."""
    if request.method == "POST":
        return _try(request, SignInForm(request.POST), safe_next(request.POST.get("next")))
    target = safe_next(request.GET.get("next"))
    if getattr(request, "customer", None) is not None:
        return redirect(target)
    return _page(request, SignInForm(), target)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session here and in Redis: a copied cookie is worth nothing any more."""
    sessions.end(request)
    return redirect("/")


def _try(request: HttpRequest, form: SignInForm, target: str) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form, target, status=422)
    try:
        signed_in = customers.sign_in(
            form.cleaned_data["email"],
            form.cleaned_data["password"],
            address=network_address(request),
        )
    except TooManyAttempts as error:
        minutes = max(1, round(error.retry_after_s / 60))
        form.add_error(None, f"Too many attempts. Please try again in {minutes} min.")
        return _page(request, form, target, status=429, retry_after_s=error.retry_after_s)
    except (WrongCredentials, SignInIncomplete) as error:
        form.add_error(None, error.message)
        return _page(request, form, target, status=422)
    except Unavailable as error:
        form.add_error(None, "Signing in is not possible at the moment. Please try again shortly.")
        return _page(request, form, target, status=503, retry_after_s=error.retry_after_s)
    sessions.begin(request, signed_in.customer, now=utc_now())
    return redirect(target)


def _page(
    request: HttpRequest,
    form: SignInForm,
    target: str,
    *,
    status: int = 200,
    retry_after_s: int | None = None,
) -> HttpResponse:
    context = {"form": form, "next": target}
    response = render(request, "identity/sign_in.html", context, status=status)
    if retry_after_s is not None:
        response["Retry-After"] = str(retry_after_s)
    return response
