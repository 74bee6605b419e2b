"""From the JSON of a message to an entry with its names.

What a field may say is decided where a file's `D` record is parsed (`txhub.feeds.hub_record`): the
same fields, the same faults.
"""

import re
from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings

from aws.vault import vault
from kernel.clock import Clock
from kernel.errors import Refused
from kernel.ids import keyed_id
from txhub.domain.editions import last_edition_of
from txhub.domain.entries import Entry, SourcedEntry
from txhub.domain.naming import account_id, transaction_id
from txhub.feeds import latest_day, profile_named
from txhub.feeds.faults import BadValue, FieldTooLong
from txhub.feeds.hub_record import DETAIL_FIELDS, DetailParser
from txhub.feeds.texts import NAME_CHARACTERS_MAX
from txhub.realtime import conf
from txhub.realtime.fields import FEED_CHARACTERS_MAX, FIELDS, SEQUENCE_DIGITS_MAX

_NO_LINE = 0
_NAMING = ("feed", "message_id")
_LIKE_A_FIELD = re.compile(r"[A-Za-z_]{1,40}")


class NotAMessage(Refused):
    """The message is not a JSON object."""

    code = "not_a_message"


class UnknownField(Refused):
    """The message has a field that the schema does not have."""

    code = "unknown_field"


class UnknownFeed(Refused):
    """The message is of a feed that this listener does not listen to."""

    code = "unknown_feed"


def read(body: bytes, *, clock: Clock) -> SourcedEntry:
    """The entry that a message holds, with its names.

    Raises `NotAMessage`, `UnknownField`, `UnknownFeed`, the faults of `txhub.feeds.faults`,
    `BadAmount` and `UnknownCurrency`. Each says which field is wrong, and quotes nothing from it.
    """
    texts = _texts(_object_in(body))
    feed, source = _feed(texts["feed"]), _source(texts["feed"], texts["message_id"])
    sequence = _sequence(texts["sequence"])
    today = clock().astimezone(ZoneInfo(settings.BANK_TIME_ZONE)).date()
    entry = _entry(texts, today)
    namespace = profile_named("hub").account.namespace
    account = account_id(vault().id_key("accounts"), namespace, entry.account)
    key, other = vault().id_key("transactions"), entry.reversal_of
    return SourcedEntry(
        entry=entry,
        account_id=account,
        transaction_id=transaction_id(key, feed, account, texts["id"]),
        source=source,
        feed=feed,
        reversed_id=transaction_id(key, feed, account, other) if other else None,
        # A full memo file of a later day knows whether it is still pending; one of today need not.
        edition=last_edition_of(today),
        sequence=sequence,
    )


def name_of(body: bytes) -> str:
    """What we call a message, in tables and logs: `msg_…`, even where it cannot be read."""
    try:
        message = _object_in(body)
        return _source(*(FIELDS[name].text_of(name, message.get(name)) for name in _NAMING))
    except Refused:
        return keyed_id("msg", vault().id_key("messages"), body.hex())


def _object_in(body: bytes) -> dict[str, object]:
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise NotAMessage("not JSON") from None
    if not isinstance(message, dict):
        raise NotAMessage
    return message


def _texts(message: Mapping[str, object]) -> dict[str, str]:
    """Every field as a text; empty where the message does not say it."""
    for name in message.keys() - FIELDS.keys():
        shown = f"{name}: " if _LIKE_A_FIELD.fullmatch(name) else ""
        raise UnknownField(f"{shown}not a field of the schema")
    return {name: field.text_of(name, message.get(name)) for name, field in FIELDS.items()}


def _feed(text: str) -> str:
    if len(text) > FEED_CHARACTERS_MAX:
        raise FieldTooLong(f"feed: longer than {FEED_CHARACTERS_MAX} characters")
    if conf.FEEDS and text not in conf.FEEDS:
        raise UnknownFeed("feed: not one that this listener listens to")
    return text


def _source(feed: str, message_id: str) -> str:
    if len(message_id) > NAME_CHARACTERS_MAX:
        raise FieldTooLong(f"message_id: longer than {NAME_CHARACTERS_MAX} characters")
    return keyed_id("msg", vault().id_key("messages"), feed, message_id)


def _sequence(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > SEQUENCE_DIGITS_MAX:
        raise BadValue(f"sequence: expected a whole number of {SEQUENCE_DIGITS_MAX} digits at most")
    return int(text)


def _entry(texts: Mapping[str, str], today: date) -> Entry:
    """`today`: what a record without any day is of."""
    zone = ZoneInfo(settings.BANK_TIME_ZONE)
    parser = DetailParser(zone=zone, business_date=today, latest=latest_day(today, today))
    return parser.entry(_NO_LINE, _record(texts))


def _record(texts: Mapping[str, str]) -> list[str]:
    """The fields of a `D` record, which ends before the final flag where that says nothing."""
    fields = [texts[name] for name in DETAIL_FIELDS]
    return fields if texts["final"] else fields[:-1]
