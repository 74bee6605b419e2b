"""How a message leaves us."""

from functools import cache
from typing import Protocol

from django.utils.module_loading import import_string

from alerts.mail.conf import conf
from alerts.mail.domain.outcomes import Outcome
from alerts.mail.repository.files import Rendered


class Transport(Protocol):
    """Safe to share between threads."""

    def send(self, mail: Rendered) -> Outcome:
        """Hands one message over, once: never again by itself, and never raises."""
        ...


def transport() -> Transport:
    """The process's, as the setting names it."""
    return _made(conf().transport)


@cache
def _made(name: str) -> Transport:
    made: Transport = import_string(name)()
    return made
