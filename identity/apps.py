from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class IdentityConfig(AppConfig):
    """Who is calling: customers, API tokens, staff roles and the audit log."""

    name = "identity"

    def ready(self) -> None:
        # Each app registers what its staff can propose, as it registers with the admin.
        autodiscover_modules("approvals")
