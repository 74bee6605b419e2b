"""The published schema and what the listener takes: one definition, and no drift."""

from typing import Any

import jsonschema  # type: ignore[import-untyped]
import orjson
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Refused
from txhub.feeds.hub_record import DETAIL_FIELDS
from txhub.realtime.fields import FIELDS, json_schema
from txhub.realtime.messages import read
from txhub.tests.realtime.samples import a_message, noon

ADDRESS = "/api/schema/messages/transaction.json"
SCHEMA = json_schema("https://bank.example/schema.json")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

texts = st.text(max_size=12) | st.sampled_from(["", "GBP", "2026-05-04", "D", "B", "12", "-12"])
# JSON Schema calls 12.0 an integer; we refuse whatever is written with a point.
values = st.none() | texts | st.integers() | st.booleans() | st.lists(texts, max_size=2)
anything = st.dictionaries(st.sampled_from([*FIELDS, "other"]), values, max_size=4)


def accepts(message: dict[str, Any]) -> bool:
    try:
        body = orjson.dumps(message)
        read(body, clock=noon)
    except (Refused, orjson.JSONEncodeError):
        return False
    return True


class TestTheSchema:
    def test_is_published_to_everybody(self, client: Client) -> None:
        answer = client.get(ADDRESS)
        assert answer["Content-Type"] == "application/schema+json"
        assert answer.json() == json_schema(f"http://testserver{ADDRESS}")

    def test_is_one_itself(self) -> None:
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_names_every_field_of_the_record(self) -> None:
        envelope = ["feed", "message_id", "sequence"]
        assert list(SCHEMA["properties"]) == [*envelope, *DETAIL_FIELDS]

    @given(changes=anything)
    def test_accepts_every_message_that_we_take(self, changes: dict[str, Any]) -> None:
        message = {**a_message(), **changes}
        if accepts(message):
            assert VALIDATOR.is_valid(message)

    @pytest.mark.parametrize("field", FIELDS)
    @given(value=values)
    def test_agrees_on_each_field(self, field: str, value: Any) -> None:
        message = {**a_message(), field: value}
        if field in SCHEMA["required"] and value in (None, ""):
            assert not accepts(message)
            assert not VALIDATOR.is_valid(message)
        if accepts(message):
            assert VALIDATOR.is_valid(message)

    def test_refuses_what_we_refuse(self) -> None:
        for change in (
            {"minor": -1}, {"sequence": "x"}, {"state": "X"}, {"currency": "gbp"}, {"other": 1},
            {"account": 1}, {"mcc": "1"}, {"feed": "x" * 65}, {"posted_on": "4 May"},
        ):  # fmt: skip
            message = {**a_message(), **change}
            assert not accepts(message)
            assert not VALIDATOR.is_valid(message)
