"""Finds what the installed apps declare, as Django finds their `admin.py`."""

from collections.abc import Callable
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import autodiscover_modules

# Declared beside the mechanisms that use them, not in an app's `resources.py`.
_SHARED = ("aws.idempotency", "aws.streams", "aws.vault")


def import_declarations() -> None:
    """Imports every module that declares tables, streams, buckets, topics, queues or machines."""
    for module in _SHARED:
        import_module(module)
    autodiscover_modules("resources", "provision")


def app_provisioners() -> list[Callable[[], list[str]]]:
    """What the apps create by code: the vault's keys, and each app's own `provision()`.

    It stands in `<app>/resources.py` or `<app>/provision.py`, takes nothing and can be repeated;
    it may return the names of what it created.
    """
    return [_vault_keys, *(_named(each) for each in _app_functions())]


def _app_functions() -> list[Callable[[], list[str] | None]]:
    modules = [
        import_module(f"{app.name}.{name}")
        for app in apps.get_app_configs()
        for name in ("resources", "provision")
        if _is_loaded(f"{app.name}.{name}")
    ]
    return [module.provision for module in modules if hasattr(module, "provision")]


def _is_loaded(module: str) -> bool:
    """`import_declarations` has imported all that there are."""
    import sys

    return module in sys.modules


def _named(function: Callable[[], list[str] | None]) -> Callable[[], list[str]]:
    return lambda: list(function() or ())


def _vault_keys() -> list[str]:
    from aws.vault import rotation, vault

    rotation.provision(vault())
    return []
