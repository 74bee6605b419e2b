"""boto3 clients: one of each per process, tuned, and measured.

Where they connect to is said by the standard AWS variables alone (`AWS_ENDPOINT_URL`,
`AWS_ENDPOINT_URL_DYNAMODB`, `AWS_REGION`, the credential chain). No code asks where it runs.
"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from botocore.loaders import create_loader

from aws import metrics
from kernel.errors import Unavailable

# A data call that has not answered in 5 s will not answer in time for a person.
CONNECT_TIMEOUT_S = 2
READ_TIMEOUT_S = 5
POOL = int(os.environ.get("TXHUB_AWS_POOL", "32"))  # connections kept open to a service

# Retries: "standard" waits with full jitter, and has a quota, so a sick service is not drowned.
_CONFIG = Config(
    connect_timeout=CONNECT_TIMEOUT_S,
    read_timeout=READ_TIMEOUT_S,
    max_pool_connections=POOL,
    retries={"mode": "standard", "total_max_attempts": 5},
    tcp_keepalive=True,
    user_agent=f"txhub boto3/{boto3.__version__}",  # a fixed one: botocore would build it per call
)
# Services whose answers may rightly take longer: uploads, long polls, waiting for a shard.
_SLOW_ANSWERS = Config(read_timeout=60)


class NotConfigured(Unavailable):
    """Neither a region nor a profile is set, so no AWS was meant.

    A default region in somebody's ~/.aws does not count: their account is not met by accident.
    """

    code = "aws_not_configured"

    def __init__(self) -> None:
        super().__init__(
            "No AWS is configured, and no embedded place runs in this tree. "
            "Run `make demo` or `manage.py engine start`, or set AWS_REGION."
        )


_clients: dict[str, Any] = {}
_lock = threading.RLock()
# One session for all clients: it finds the credentials once.
_session: Any = None
# What the services' models say. Reading one takes 100 ms and yields plain data, without a socket or
# an endpoint, so every session has this, a forked child's too.
_models = create_loader(os.environ.get("AWS_DATA_PATH"))


def client(service: str) -> Any:
    """The process's client of an AWS service such as `s3`; safe to share between threads.

    Every call it makes is reported to `aws.metrics` with time, outcome and consumed capacity.
    """
    return shared(service, lambda: build_client(service))


@dataclass(frozen=True, slots=True)
class Target:
    """Where a service is, and by whom it is called. `credentials` are botocore's, refreshable."""

    endpoint: str
    region: str
    credentials: Any


def target(service: str) -> Target:
    """What the standard AWS variables say of a service, for a client that is not botocore's."""
    meta = client(service).meta
    credentials = _shared_session().get_credentials()
    if credentials is None:
        raise NoCredentialsError
    return Target(meta.endpoint_url, meta.region_name, credentials)


def shared(name: str, build: Callable[[], Any]) -> Any:
    """The process's client called `name`, made by `build` on first use, by one thread only."""
    try:
        return _clients[name]
    except KeyError:
        with _lock:
            if name not in _clients:
                _clients[name] = build()
            return _clients[name]


def reset_clients() -> None:
    """Forget all clients: a forked child must not share sockets, nor outlive an endpoint."""
    global _lock, _session
    _clients.clear()
    _session = None
    _lock = threading.RLock()  # the one before may have been held at the moment of the fork


os.register_at_fork(after_in_child=reset_clients)


def build_client(service: str, session: Any = None, **config: Any) -> Any:
    """A new client with our tuning; `config` overrides single settings of botocore's `Config`."""
    tuned = _CONFIG.merge(_SLOW_ANSWERS) if service in {"s3", "sqs"} else _CONFIG
    if service == "s3":
        tuned = tuned.merge(Config(signature_version="s3v4"))
    maker = session or _shared_session()
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if region is None and "AWS_PROFILE" not in os.environ:
        raise NotConfigured
    made = maker.client(service, region_name=region, config=tuned.merge(Config(**config)))
    _report_calls(made, service)
    return made


def _shared_session() -> Any:
    global _session
    with _lock:
        if _session is None:
            core = botocore.session.get_session()
            core.register_component("data_loader", _models)
            _session = boto3.session.Session(botocore_session=core)
        return _session


def _report_calls(made: Any, service: str) -> None:
    events = made.meta.events
    events.register("before-call", _start_timer)

    def after_call(
        parsed: dict[str, Any], model: Any, context: dict[str, Any], **_rest: object
    ) -> None:
        error = parsed.get("Error", {}).get("Code")
        metrics.record_call(
            service,
            model.name,
            time.perf_counter() - context["txhub_started"],
            error or "ok",
            capacity_units(parsed),
        )

    def after_error(exception: Exception, context: dict[str, Any], **_rest: object) -> None:
        seconds = time.perf_counter() - context.get("txhub_started", time.perf_counter())
        metrics.record_call(service, "unanswered", seconds, type(exception).__name__, 0.0)

    events.register("after-call", after_call)
    events.register("after-call-error", after_error)


def _start_timer(context: dict[str, Any], **_rest: object) -> None:
    context["txhub_started"] = time.perf_counter()


def capacity_units(parsed: dict[str, Any]) -> float:
    """The units in an answer's `ConsumedCapacity`: one table's, or a batch's sum over tables."""
    consumed = parsed.get("ConsumedCapacity") or ()
    tables = [consumed] if isinstance(consumed, dict) else consumed
    return float(sum(float(table.get("CapacityUnits") or 0) for table in tables))
