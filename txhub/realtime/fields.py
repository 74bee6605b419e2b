"""The fields of a message, once: what is checked here is what the published JSON Schema says.

A message carries the hub's own `D` record under the same names, with `feed`, `message_id` and
`sequence` beside. A field that is absent, null or empty says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel.money import MINOR_DIGITS_MAX
from txhub.domain.entries import Action
from txhub.feeds.faults import BadValue, FieldMissing
from txhub.feeds.hub_record import BOOKED, CREDIT, DEBIT, DETAIL_FIELDS, NO, PENDING, YES
from txhub.feeds.texts import NAME_CHARACTERS_MAX, TEXT_CHARACTERS_MAX

SEQUENCE_DIGITS_MAX = 18
FEED_CHARACTERS_MAX = 64
_SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DAY = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"
_MOMENT = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}"
    r"(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|\+00:00))?$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `form`: what JSON Schema says of its value beside the type.

    `whole`: it is a whole number, written as one or as its digits in a text.
    """

    about: str
    required: bool = False
    whole: bool = False
    form: Mapping[str, Any]

    def as_schema(self) -> dict[str, Any]:
        types = ["integer", "string"] if self.whole else ["string"]
        return {
            "description": self.about,
            "type": types if self.required else [*types, "null"],
            **self.form,
        }

    def text_of(self, name: str, value: object) -> str:
        """The value as the `D` record would have it. Raises `FieldMissing`, `BadValue`."""
        if value is None or value == "":
            if self.required:
                raise FieldMissing(f"{name}: missing")
            return ""
        if isinstance(value, str):
            return value
        if not self.whole:
            raise BadValue(f"{name}: expected a text")
        if isinstance(value, bool) or not isinstance(value, int):
            raise BadValue(f"{name}: expected a whole number, without decimals")
        return str(value)


def _text(about: str, characters_max: int, *, required: bool = False) -> Field:
    form = {"maxLength": characters_max, **({"minLength": 1} if required else {})}
    return Field(about=about, required=required, form=form)


def _choice(about: str, *values: str) -> Field:
    return Field(about=about, required=True, form={"enum": list(values)})


def _form(about: str, pattern: str) -> Field:
    return Field(about=about, form={"pattern": pattern})


def _whole(about: str, digits_max: int, *, required: bool = False, negative: bool = False) -> Field:
    largest = 10**digits_max - 1
    digits = rf"{'-?' if negative else ''}[0-9]{{1,{digits_max}}}"
    return Field(
        about=about,
        required=required,
        whole=True,
        form={
            "minimum": -largest if negative else 0,
            "maximum": largest,
            "pattern": f"^{digits}$" if required else f"^({digits})?$",
        },
    )


ENVELOPE: Mapping[str, Field] = {
    "feed": _text("The sender; the same name as in its files", FEED_CHARACTERS_MAX, required=True),
    "message_id": _text(
        "Tells messages of a feed apart; one that comes again changes nothing",
        NAME_CHARACTERS_MAX,
        required=True,
    ),
    "sequence": _whole(
        "Counts up with an account's messages: of two about one transaction the higher stands",
        SEQUENCE_DIGITS_MAX,
        required=True,
    ),
}
_DETAIL: Mapping[str, Field] = {
    "action": _choice("A new transaction, new content of an old one, or an opposite one", *Action),
    "id": _text("The feed's own id of the transaction", NAME_CHARACTERS_MAX, required=True),
    "account": _text("The bank's account number", NAME_CHARACTERS_MAX, required=True),
    "state": _choice("P: pending, B: booked", PENDING, BOOKED),
    "side": _choice("D: debit, money out; C: credit", DEBIT, CREDIT),
    "minor": _whole("The amount in minor units, without sign", MINOR_DIGITS_MAX, required=True),
    "currency": Field(about="ISO 4217", required=True, form={"pattern": "^[A-Z]{3}$"}),
    "posted_on": _form("The booking date; needed where booked", _DAY),
    "value_on": _form("The value date", _DAY),
    "occurred_at": _form("When it happened, ISO 8601 in UTC", _MOMENT),
    "auth_code": _text("The authorisation code", NAME_CHARACTERS_MAX),
    "mcc": _form("Merchant category code, ISO 18245", "^([0-9]{4})?$"),
    "country": _form("The merchant's, ISO 3166-1", "^([A-Z]{2,3})?$"),
    "merchant": _text("The merchant's name", TEXT_CHARACTERS_MAX),
    "description": _text("What the statement says", TEXT_CHARACTERS_MAX),
    "original_minor": _whole("What was paid abroad, in minor units of", MINOR_DIGITS_MAX),
    "original_currency": _form("this currency; both or neither", "^([A-Z]{3})?$"),
    "reversal_of": _text("REVERSE: the id that is reversed", NAME_CHARACTERS_MAX),
    "balance_minor": _whole("The running balance after it", MINOR_DIGITS_MAX, negative=True),
    "final": _form("Y: the last capture of its authorisation", f"^[{YES}{NO}]?$"),
}
_POSTS = {"enum": [Action.NEW, Action.AMEND]}
assert tuple(_DETAIL) == DETAIL_FIELDS
FIELDS: Mapping[str, Field] = {**ENVELOPE, **_DETAIL}


def json_schema(address: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a message; `address` is where it is published."""
    return {
        "$schema": _SCHEMA_DIALECT,
        "$id": address,
        "title": "A transaction, as a message in real time",
        "type": "object",
        "properties": {name: field.as_schema() for name, field in FIELDS.items()},
        "required": [name for name, field in FIELDS.items() if field.required],
        "additionalProperties": False,
        "allOf": [
            _when("state", BOOKED, {"required": ["posted_on"]}),
            _when("action", Action.REVERSE, {"required": ["reversal_of"]}),
            _when("final", YES, {"properties": {"state": {"const": BOOKED}, "action": _POSTS}}),
        ],
    }


def _when(name: str, value: str, then: Mapping[str, Any]) -> dict[str, Any]:
    """`then` holds where the message says this of that field."""
    return {
        "if": {"properties": {name: {"const": value}}, "required": [name]},
        "then": dict(then),
    }
