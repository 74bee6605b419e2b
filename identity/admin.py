"""Staff sign in to Django's admin; their attempts are limited as customers' are."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from identity.attempts import Attempt, TooManyAttempts, network_address
from kernel.errors import Unavailable


class StaffSignInForm(AdminAuthenticationForm):
    """User name and password, until there were too many."""

    def clean(self) -> dict[str, Any]:
        try:
            attempt = self._begin()
        except (TooManyAttempts, Unavailable) as error:
            raise ValidationError(error.message, code=error.code) from error
        cleaned: dict[str, Any] = super().clean()
        attempt.succeeded()
        return cleaned

    def _begin(self) -> Attempt:
        assert self.request is not None
        name = f"staff:{self.cleaned_data.get('username', '')}"
        return Attempt.begin(email=name, address=network_address(self.request))


admin.site.login_form = StaffSignInForm
