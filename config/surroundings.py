"""What a process takes from its surroundings when nobody configured it.

A process that was given `DATABASE_URL`, `REDIS_URL` or an AWS endpoint is configured and is left
alone; it must then have a `SECRET_KEY` too. Any other is somebody's `manage.py` in a working tree:
it joins the embedded place that runs there (`var/embedded.env`), with that place's own secret.
"""

import os
from pathlib import Path

from embedded.places import ensure_secrets, running_environment

_CONFIGURED_BY = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "AWS_ENDPOINT_URL")


def complete(var_dir: Path) -> None:
    """Fills `os.environ` in, where nothing of it was configured."""
    if any(name in os.environ for name in _CONFIGURED_BY):
        return
    for name, value in ensure_secrets(var_dir).items():
        os.environ.setdefault(name, value)
    if place := running_environment(var_dir):
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]  # somebody's own account and region are not this place's
        logs = {name: value for name, value in os.environ.items() if name.startswith("LOG_")}
        os.environ |= place | logs
