from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class IdentityConfig(AppConfig):
    """Who is calling: customers, API tokens, staff roles and the audit log."""

    name = "identity"

    def ready(self) -> None:
        # Each app registers what its staff can propose, as it registers with the admin.
        autodiscover_modules("approvals")
        # Of auth, whose groups they are; an app without models, such as this, has no signal.
        post_migrate.connect(_create_role_groups, sender=apps.get_app_config("auth"))


def _create_role_groups(**_signal: Any) -> None:
    """The groups that staff roles are; also after a flush, which takes them away."""
    from django.contrib.auth.models import Group

    from identity.staff import Role

    for role in Role:
        Group.objects.get_or_create(name=role.value)
