"""The kinds of mail: each a file here that holds a `KIND`, found by itself.

How to add one: docs/howto-mail-kind.md.
"""

import pkgutil
from functools import cache
from importlib import import_module

from alerts.mail.domain.kinds import MailKind
from kernel.errors import Missing


class NoSuchKind(Missing):
    """There is no such kind of mail."""

    code = "no_such_mail_kind"


@cache
def all_kinds() -> dict[str, MailKind]:
    """Every kind, by name."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__))
    found: list[MailKind] = [import_module(f"{__name__}.{name}").KIND for name in names]
    return {kind.name: kind for kind in found}


def kind_named(name: str) -> MailKind:
    """Raises `NoSuchKind`."""
    try:
        return all_kinds()[name]
    except KeyError:
        raise NoSuchKind from None
