"""The data-plane client: boto3's DynamoDB client that leaves items in the form they travel in.

botocore walks every attribute of every item twice (its model, then a type converter). Over a
page of fifty items that is most of a request's CPU. Here requests and answers go through orjson
once, and `attributes.py` turns wire items into Python values. Connection pool, signing, retries,
checksums and errors stay botocore's.
"""

from typing import Any

import boto3
import botocore.session
import orjson
from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.serialize import JSONSerializer

from aws import sessions


class _WireParser(JSONParser):  # type: ignore[misc]  # botocore ships no types
    """Answers as plain JSON: binary values stay base64 text, numbers stay text."""

    def _do_parse(self, response: dict[str, Any], shape: Any) -> dict[str, Any]:
        parsed = orjson.loads(response["body"]) if response["body"] else {}
        self._inject_response_metadata(parsed, response["headers"])
        return parsed

    def _do_modeled_error_parse(self, response: dict[str, Any], shape: Any) -> dict[str, Any]:
        return orjson.loads(response["body"])  # type: ignore[no-any-return]


class _WireParserFactory(ResponseParserFactory):  # type: ignore[misc]
    def create_parser(self, protocol_name: str) -> Any:
        return _WireParser() if protocol_name == "json" else super().create_parser(protocol_name)


class _WireSerializer(JSONSerializer):  # type: ignore[misc]
    """Requests whose parameters already are the JSON that DynamoDB documents."""

    def serialize_to_request(self, parameters: dict[str, Any], operation_model: Any) -> Any:
        request = self._create_default_request()
        metadata = operation_model.metadata
        request["headers"] = {
            "X-Amz-Target": f"{metadata['targetPrefix']}.{operation_model.name}",
            "Content-Type": f"application/x-amz-json-{metadata['jsonVersion']}",
        }
        request["body"] = orjson.dumps(parameters)
        return request


def data_client() -> Any:
    """The process's data-plane client: items in wire form, `ReturnConsumedCapacity` not implied."""
    return sessions.shared("dynamodb-data", _build)


def _build() -> Any:
    core = botocore.session.Session()
    core.register_component("response_parser_factory", _WireParserFactory())
    made = sessions.build_client("dynamodb", boto3.session.Session(botocore_session=core))
    # The one private name we touch: botocore has no registry for serialisers as it has for parsers.
    # tests/dynamodb/test_client.py fails should a new botocore no longer use it.
    made._serializer = _WireSerializer()
    return made
