"""Files for pages that come in packages."""

from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def package_folder(name: str) -> Path:
    """Where an installed package lies; it is not imported, as only its files are wanted."""
    found = find_spec(name)
    if found is None or found.origin is None:
        raise ImproperlyConfigured(f"the package {name} is missing: `make setup` installs it")
    return Path(found.origin).parent
