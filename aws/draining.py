"""Whether this place is about to stop: then nothing new should be sent to it.

A file says so, since a web server has several processes and each must know.
"""

from pathlib import Path

from django.conf import settings


def is_draining() -> bool:
    """Whether it has been told that it is about to stop."""
    return Path(settings.DRAIN_FILE).exists()


def begin_draining() -> None:
    """From now on `/readyz` says 503; requests that come all the same are answered."""
    Path(settings.DRAIN_FILE).touch()


def end_draining() -> None:
    """It has started anew, or stays."""
    Path(settings.DRAIN_FILE).unlink(missing_ok=True)
