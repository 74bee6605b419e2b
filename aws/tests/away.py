"""An AWS where nobody answers."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from botocore.config import Config

from aws import sessions

# The waits between five attempts add up to seven seconds, and tell a test nothing that two do not.
_TWICE = Config(retries={"mode": "standard", "total_max_attempts": 2})


@contextmanager
def nobody_answers() -> Iterator[None]:
    """Nothing listens where every client of this process looks for AWS."""
    tuned = sessions._CONFIG.merge(_TWICE)
    try:
        with (
            patch.dict(os.environ, AWS_ENDPOINT_URL="http://127.0.0.1:9"),
            patch.object(sessions, "_CONFIG", tuned),
        ):
            sessions.reset_clients()
            yield
    finally:
        sessions.reset_clients()
