"""MiniStack as a child process: DynamoDB, S3, SNS, SQS, KMS, Cognito and the rest, on one port.

It keeps its state in memory and saves it on an orderly stop, so stop it and wait.
"""

import http.client
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from embedded.processes import Child

REGION = "eu-west-2"
# Ours are the only settings it gets: a developer's own AWS variables are none of its business.
_NOT_PASSED_ON = ("AWS_", "MINISTACK_", "LOCALSTACK_", "LAMBDA_")
_LOAD_S_MAX = 600  # it reads about 100,000 items a second


def start_engine(state: Path, *, log: Path, port: int, keep: bool = True) -> Child:
    """Starts it and waits until it answers.

    `keep`: load the state that lies under `state`, and save it there on stop.
    """
    state.mkdir(parents=True, exist_ok=True)
    child = Child.start(
        "engine",
        [sys.executable, "-m", "ministack"],
        log=log,
        environment=_environment(state, port, keep=keep),
        saves=keep,
    )
    child.wait_until(lambda: is_answering(port), seconds_max=_LOAD_S_MAX)
    return child


def _environment(state: Path, port: int, *, keep: bool) -> Mapping[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(_NOT_PASSED_ON)
    }
    (state / "tmp").mkdir(exist_ok=True)
    return kept | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1" if keep else "0",
        "S3_PERSIST": "1" if keep else "0",
        "STATE_DIR": str(state / "services"),
        "S3_DATA_DIR": str(state / "s3"),
        "TMPDIR": str(state / "tmp"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # It looks after containers of its own; here it has none, and leaves others' alone.
        "DOCKER_HOST": f"unix://{state}/no-docker.sock",
        "LOG_LEVEL": "WARNING",
    }


def is_answering(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
