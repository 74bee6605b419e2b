"""The records of the hub's own format: fields, escapes, and the `D` record as an entry.

The real-time listener gets the same fields by name, so it parses them here too.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import NamedTuple, TypeVar

from kernel.errors import Refused
from kernel.money import minor_digits, parse_minor_integer
from txhub.domain.entries import Action, Entry, Kind, Status
from txhub.feeds.faults import (
    BadDate,
    BadEscape,
    BadReversal,
    BadTime,
    BadValue,
    FieldCount,
    FieldMissing,
)
from txhub.feeds.merchant_codes import category_of, kind_of
from txhub.feeds.texts import checked_code, checked_name, masked_text
from txhub.feeds.values import date_parser, in_range, refuse_future

DETAIL_FIELDS = (
    "action",
    "id",
    "account",
    "state",
    "side",
    "minor",
    "currency",
    "posted_on",
    "value_on",
    "occurred_at",
    "auth_code",
    "mcc",
    "country",
    "merchant",
    "description",
    "original_minor",
    "original_currency",
    "reversal_of",
    "balance_minor",
    "final",
)
PENDING, BOOKED = "P", "B"
DEBIT, CREDIT = "D", "C"
YES, NO = "Y", "N"

_ACTIONS = {action.value: action for action in Action}
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|\+00:00)"
)
_PIECE = re.compile(r"[^\\|]+|\\.|\||\\", re.DOTALL)
_ESCAPED = {"\\|": "|", "\\\\": "\\", "\\\n": "\n", "\\n": "\n"}  # the last: as others write it
_day = date_parser("%Y-%m-%d")
_Raw = TypeVar("_Raw")
_Value = TypeVar("_Value")


def split_record(text: str) -> list[str]:
    """The fields of a record (without its line end), unescaped. Raises `BadEscape`."""
    if "\\" not in text:
        return text.split("|")
    fields: list[str] = [""]
    for piece in _PIECE.findall(text):
        if piece == "|":
            fields.append("")
        elif piece[0] != "\\":
            fields[-1] += piece
        elif piece in _ESCAPED:
            fields[-1] += _ESCAPED[piece]
        else:
            raise BadEscape
    return fields


def escaped(text: str) -> str:
    """The text as a field: a backslash before `|`, a backslash, and a line feed."""
    if "\\" in text or "|" in text or "\n" in text:
        return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\\n")
    return text


class Amount(NamedTuple):
    """The part of a detail record that control totals are made of. `minor` has no sign."""

    minor: int
    currency: str
    is_debit: bool

    @property
    def signed(self) -> int:
        return -self.minor if self.is_debit else self.minor


def detail_amount(fields: Sequence[str]) -> Amount:
    """`fields`: those of `DETAIL_FIELDS`, all text.

    Raises `FieldCount`, `BadAmount`, `UnknownCurrency` and `BadValue`.
    """
    _check_count(fields)
    side, currency = fields[4], fields[6]
    if side not in (DEBIT, CREDIT):
        raise BadValue("side: expected D or C")
    _require_currency("currency", currency)
    return Amount(_minor("minor", fields[5]), currency, side == DEBIT)


def _check_count(fields: Sequence[str]) -> None:
    """The final flag came later than the others, so a record may end before it. Where it stands it
    says something: a record with a `|` too many is not taken for one with a flag."""
    expected = len(DETAIL_FIELDS) - 1
    if len(fields) == len(DETAIL_FIELDS) and fields[-1] in (YES, NO):
        return
    if len(fields) == len(DETAIL_FIELDS):
        raise FieldCount(f"final: not Y or N, the last of {len(fields)} fields after D")
    if len(fields) != expected:
        raise FieldCount(f"{len(fields)} fields after D; there must be {expected}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailParser:
    """Makes entries of detail records.

    `zone`: the bank's. `business_date`: the day of a pending record that names none. `latest`: the
    last day that a record may be dated, None for any.
    """

    zone: tzinfo
    business_date: date
    latest: date | None = None

    def entry(self, line: int, fields: Sequence[str], amount: Amount | None = None) -> Entry:
        """`amount`: what `detail_amount` made of the same fields, where it is known already.

        Raises the faults of `txhub.feeds.faults`, `BadAmount` and `UnknownCurrency`.
        """
        amount = amount or detail_amount(fields)
        (action_text, source_id, account, state, _, _, _, posted_text, value_text) = fields[:9]
        (occurred_text, auth_code, mcc_text, country, merchant, description) = fields[9:15]
        (original_text, original_currency, reversal_of, balance_text, *final) = fields[15:]
        action, status = _action(action_text, source_id, reversal_of), _status(state)
        posted_on = self._day("posted_on", posted_text)
        occurred_at = _moment(occurred_text) if occurred_text else None
        mcc = checked_code("mcc", mcc_text)
        return Entry(
            line=line,
            action=action,
            status=status,
            account=_filled("account", account),
            source_id=_filled("id", source_id),
            kind=Kind.REVERSAL
            if action is Action.REVERSE
            else kind_of(mcc, incoming=not amount.is_debit),
            amount_minor=amount.signed,
            currency=amount.currency,
            posted_on=None if status is Status.PENDING else _present("posted_on", posted_on),
            value_on=self._day("value_on", value_text),
            occurred_on=self._occurred_on(occurred_at, posted_on),
            occurred_at=occurred_at,
            auth_code=_named("auth_code", checked_name, auth_code) or None,
            mcc=mcc,
            category=category_of(mcc) if mcc else None,
            country=checked_code("country", country),
            merchant=_named("merchant", masked_text, merchant) or None,
            description=_named("description", masked_text, description),
            original_minor=_original(original_text, original_currency, amount),
            original_currency=original_currency or None,
            reversal_of=_named("reversal_of", checked_name, reversal_of) or None,
            balance_minor=_signed_minor("balance_minor", balance_text),
            final=_final(final == [YES], action, status),
        )

    def _day(self, name: str, text: str) -> date | None:
        return _named(name, self._checked_day, text) if text else None

    def _checked_day(self, text: str) -> date:
        day = _day(text)
        refuse_future(day, self.latest)
        return day

    def _occurred_on(self, occurred_at: datetime | None, posted_on: date | None) -> date:
        if occurred_at is None:
            return posted_on or self.business_date
        return _named("occurred_at", self._day_in_the_bank, occurred_at)

    def _day_in_the_bank(self, moment: datetime) -> date:
        try:
            day = in_range(moment.astimezone(self.zone).date())
        except OverflowError:
            raise BadDate("the year is out of range") from None
        refuse_future(day, self.latest)
        return day


def _action(text: str, source_id: str, reversal_of: str) -> Action:
    action = _ACTIONS.get(text)
    if action is None:
        raise BadValue("action: expected NEW, AMEND or REVERSE")
    if action is Action.REVERSE and not reversal_of:
        raise BadReversal("reversal_of: empty; a REVERSE names the id that it reverses")
    if reversal_of and (action is Action.NEW or reversal_of == source_id):
        raise BadReversal("reversal_of: only a REVERSE names another record, and never itself")
    return action


def _status(state: str) -> Status:
    if state not in (PENDING, BOOKED):
        raise BadValue("state: expected P or B")
    return Status.PENDING if state == PENDING else Status.POSTED


def _final(final: bool, action: Action, status: Status) -> bool:
    if final and (status is Status.PENDING or action is Action.REVERSE):
        raise BadValue("final: only what posts an authorisation can be the last of it")
    return final


def _moment(text: str) -> datetime:
    if _MOMENT.fullmatch(text) is None:
        raise BadTime("occurred_at: expected ISO 8601 in UTC, such as 2026-03-29T12:00:00Z")
    try:
        moment = datetime.fromisoformat(text)  # its zone is UTC: nothing else is let through
    except ValueError:
        raise BadTime("occurred_at: no such time") from None
    return moment


def _original(text: str, currency: str, amount: Amount) -> int | None:
    """Signed as the amount is. Both fields or none."""
    if bool(text) != bool(currency):
        raise FieldMissing("original_minor and original_currency: one without the other")
    if not text:
        return None
    _require_currency("original_currency", currency)
    minor = _minor("original_minor", text)
    return -minor if amount.is_debit else minor


def _signed_minor(name: str, text: str) -> int | None:
    if not text:
        return None
    minor = _minor(name, text.removeprefix("-"))
    return -minor if text[0] == "-" else minor


def _minor(name: str, text: str) -> int:
    return _named(name, parse_minor_integer, text)


def _require_currency(name: str, code: str) -> None:
    _named(name, minor_digits, code)


def _filled(name: str, text: str) -> str:
    if not text:
        raise FieldMissing(f"{name}: empty")
    return _named(name, checked_name, text)


def _named(name: str, parse: Callable[[_Raw], _Value], raw: _Raw) -> _Value:
    """The parsed value; a fault says which field it is of."""
    try:
        return parse(raw)
    except Refused as fault:
        raise type(fault)(f"{name}: {fault.message}") from None


def _present(name: str, day: date | None) -> date:
    if day is None:
        raise FieldMissing(f"{name}: empty; a booked record names its booking date")
    return day
