"""The data plane's own client: one signed POST a call, JSON both ways, items in wire form.

botocore walks every attribute of every item twice and builds every request from events, header
objects and copies: over a page of fifty items that is most of a request's CPU. What is said over
the wire is small and documented ("DynamoDB low-level API"), so it is said here directly. Region,
endpoint, credentials and the retry quota stay botocore's. docs/adr/0012-dynamodb-client.md.
"""

import time
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from botocore.exceptions import ClientError
from botocore.retries.quota import RetryQuota

from aws import sessions
from aws.connections import Answer, Connections
from aws.dynamodb.capacity import record_tables
from aws.errors import translate
from aws.metrics import record_call
from aws.sessions import capacity_units
from aws.signing import JSON_1_0, Signer
from kernel.clock import utc_now
from kernel.errors import Unavailable
from kernel.retry import GiveUp, RetryPolicy

Json = dict[str, Any]
# (operation, parameters, answer, seconds, "ok" or the error's name): told of every call.
Listener = Callable[[str, Json, Json, float, str], None]

_TARGET = "DynamoDB_20120810"
# Up to 50, 100, 200, 400 ms: DynamoDB answers in milliseconds or is over its limits for a moment.
_POLICY = RetryPolicy(base_s=0.05, delay_s_max=1, attempts_max=5)
# As in botocore's "standard" mode: a retry takes 5 of 500 tokens, a success gives one back; with
# none left the call fails at once, so that a sick service is not drowned in retries.
_RETRY_TOKENS = 5


class DataClient:
    """Sends operations to one endpoint; safe to share between threads."""

    def __init__(
        self,
        connections: Connections,
        signer: Signer,
        *,
        target: str = _TARGET,
        policy: RetryPolicy = _POLICY,
        metrics_name: str = "dynamodb",
    ) -> None:
        self._connections, self._signer = connections, signer
        self._target, self._policy = target, policy
        self._quota = RetryQuota()
        self.listeners: list[Listener] = [partial(_report, metrics_name)]

    def send(self, operation: str, parameters: Json) -> Json:
        """The answer to an operation such as `GetItem`, both as DynamoDB documents them.

        Raises `Unavailable` when it throttles or does not answer after all attempts, botocore's
        `ClientError` for what it refuses.
        """
        body = orjson.dumps(parameters)
        attempt = 1
        while True:
            started = time.perf_counter()
            told = partial(self._tell, operation, parameters, started)
            try:
                answer = self._ask(operation, body)
            except Unavailable as error:
                told({}, _name(error))
                self._wait_or_raise(error, attempt)
            except ClientError as error:
                told({}, _name(error))
                raise
            else:
                told(answer, "ok")
                self._quota.release(1 if attempt == 1 else _RETRY_TOKENS)
                return answer
            attempt += 1

    def _ask(self, operation: str, body: bytes) -> Json:
        headers = self._signer.headers(f"{self._target}.{operation}", body, utc_now())
        answer = self._connections.post(body, headers)
        if answer.checksum is not None and int(answer.checksum) != zlib.crc32(answer.body):
            raise Unavailable("an answer was damaged on its way")
        if answer.status != 200:
            raise _refusal(operation, answer)
        return orjson.loads(answer.body)  # type: ignore[no-any-return]

    def _wait_or_raise(self, error: Unavailable, attempt: int) -> None:
        # What the error says of coming back is for people; DynamoDB itself names no time.
        decision = self._policy.decide(Unavailable(retry_after_s=0), attempt=attempt)
        if isinstance(decision, GiveUp) or not self._quota.acquire(_RETRY_TOKENS):
            raise error
        time.sleep(decision.seconds)

    def _tell(
        self, operation: str, parameters: Json, started: float, answer: Json, outcome: str
    ) -> None:
        seconds = time.perf_counter() - started
        for listener in self.listeners:
            listener(operation, parameters, answer, seconds, outcome)


def data_client() -> DataClient:
    """The process's data-plane client."""
    return sessions.shared("dynamodb-data", lambda: build("dynamodb"))  # type: ignore[no-any-return]


def build(
    service: str,
    *,
    signed_as: str = "dynamodb",
    content_type: str = JSON_1_0,
    target: str = _TARGET,
    policy: RetryPolicy = _POLICY,
) -> DataClient:
    """A client of a service that speaks the same protocol: DynamoDB's streams, Kinesis."""
    found = sessions.target(service)
    connections = Connections(
        found.endpoint,
        kept_max=sessions.POOL,
        connect_timeout_s=sessions.CONNECT_TIMEOUT_S,
        read_timeout_s=sessions.READ_TIMEOUT_S,
    )
    signer = Signer(
        service=signed_as,
        region=found.region,
        host=connections.host,
        credentials=found.credentials.get_frozen_credentials,
        content_type=content_type,
    )
    return DataClient(connections, signer, target=target, policy=policy, metrics_name=service)


def _refusal(operation: str, answer: Answer) -> Exception:
    """The kernel's `Unavailable` for what passes, else botocore's `ClientError` as boto3 has it."""
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError:  # a load balancer's page
        said = {}
    code = said.get("__type", "Unknown").rpartition("#")[2]
    message = said.get("message") or said.get("Message", "")
    response = {
        **said,
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": answer.status},
    }
    refused = ClientError(response, operation)
    meaning = translate(refused)
    if not isinstance(meaning, Unavailable):
        return refused  # type: ignore[no-any-return]  # botocore ships no types
    meaning.__cause__ = refused
    return meaning


def _name(error: Exception) -> str:
    """What the metrics call it: DynamoDB's own name where it said one."""
    said = error if isinstance(error, ClientError) else error.__cause__
    if isinstance(said, ClientError):
        return str(said.response["Error"]["Code"])
    return type(said or error).__name__


def _report(
    service: str, operation: str, sent: Json, answer: Json, seconds: float, outcome: str
) -> None:
    record_call(service, operation, seconds, outcome, capacity_units(answer))
    if "ConsumedCapacity" in answer:
        record_tables(operation, sent, answer["ConsumedCapacity"])
