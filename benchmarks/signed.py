"""Raw, signed requests for DynamoDB: what the engine costs, without our client or boto3's."""

from typing import Any
from urllib.parse import urlsplit

import orjson

from aws.sessions import Target
from aws.signing import Signer
from benchmarks.load import Call
from kernel.clock import utc_now


def signed_call(engine: Target, operation: str, parameters: dict[str, Any]) -> Call:
    """The bytes of one call, signed now: send them within a quarter of an hour."""
    host = urlsplit(engine.endpoint).netloc
    signer = Signer(
        service="dynamodb",
        region=engine.region,
        host=host,
        credentials=engine.credentials.get_frozen_credentials,
    )
    body = orjson.dumps(parameters)
    headers = signer.headers(f"DynamoDB_20120810.{operation}", body, utc_now())
    headers["content-length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    port = int(host.rpartition(":")[2])
    return Call(port, f"POST / HTTP/1.1\r\n{head}\r\n".encode() + body)
