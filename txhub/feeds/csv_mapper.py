"""From the fields of a CSV row to an entry, as the profile says; compiled once for a file."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from kernel.errors import Refused
from kernel.money import BadAmount, UnknownCurrency
from txhub.domain.entries import Entry, Kind
from txhub.feeds.csv_rules import BANK_ZONE
from txhub.feeds.faults import BadValue, FieldMissing, FieldTooLong
from txhub.feeds.profile import (
    AmountRule,
    CsvRules,
    DayRule,
    DirectionRule,
    Profile,
    TimeRule,
    Where,
)
from txhub.feeds.rows import Parsed, Skipped
from txhub.feeds.texts import NAME_CHARACTERS_MAX, clean_text, text_maker
from txhub.feeds.values import TimeParser, amount_parser, date_parser, refuse_future, time_parser

_COMBINATIONS_KEPT = 16_384
_Value = TypeVar("_Value")


class CsvMapper:
    """`row` turns one row's fields into `Parsed` or `Skipped`, or raises a `Refused` for it.

    `columns` is the header as the file has it. `zone` is the bank's. `latest` is the last day that
    a row may be dated, None for any. Written for speed: this runs once for every row there is.
    """

    def __init__(
        self, profile: Profile, columns: Sequence[str], zone: tzinfo, latest: date | None
    ) -> None:
        assert profile.csv is not None, "a CSV profile"
        self._rules = rules = profile.csv
        self._at = {column: place for place, column in enumerate(columns)}
        self._account = profile.account.column
        self._latest = latest
        self._parse_amount = amount_parser(rules.amount.form)
        self._days = {
            rule.column: date_parser(rule.format, rule.century) for rule in _day_rules(rules)
        }
        self._moment = _moment_parser(rules.occurred_at, zone)
        self._kind = _kind_chooser(rules)
        self._kind_columns = _places(self._at, [rule.where for rule in rules.kinds])
        self._identity = _identity_texts(self._at, rules.identity)
        texts = dict(rules.texts)
        self._merchant = text_maker("merchant", texts.get("merchant"), columns)
        self._description = text_maker("description", texts.get("description"), columns)
        self._category = text_maker("category", texts.get("category"), columns)
        self._country = text_maker("country", texts.get("country"), columns)
        self._mcc = text_maker("mcc", texts.get("mcc"), columns)
        self._auth_code = text_maker("auth_code", texts.get("auth_code"), columns)

    def row(self, line: int, untrimmed: Sequence[str]) -> Parsed | Skipped:
        """Raises the faults of `txhub.feeds.faults`, `BadAmount` and `UnknownCurrency`."""
        fields = list(map(str.strip, untrimmed))
        for rule in self._rules.skip:
            if self._fits(rule.where, fields):
                return Skipped(line, rule.reason)
        return Parsed(self._entry(line, fields))

    def _entry(self, line: int, fields: list[str]) -> Entry:
        rules = self._rules
        amount, currency = self._amount(fields)
        original = self._original(fields, currency, amount) if rules.original else None
        posted_on, occurred_on, occurred_at = self._when(fields)
        return Entry(
            line=line,
            account=self._name(fields, self._account),
            source_id=self._name(fields, rules.id_column) if rules.id_column else None,
            identity=self._identity_of(fields, posted_on, amount, currency, original)
            if rules.identity
            else (),
            kind=self._kind(amount > 0, tuple([fields[at] for at in self._kind_columns]))
            if rules.kinds
            else rules.default_kind,
            amount_minor=amount,
            currency=currency,
            posted_on=posted_on,
            value_on=self._day(fields, rules.value_on) if rules.value_on else None,
            occurred_on=occurred_on,
            occurred_at=occurred_at,
            merchant=self._merchant and self._merchant(fields),
            description=(self._description and self._description(fields)) or "",
            category=self._category and self._category(fields),
            country=self._country and self._country(fields),
            mcc=self._mcc and self._mcc(fields),
            auth_code=self._auth_code and self._auth_code(fields),
            original_minor=original and original[0],
            original_currency=original and original[1],
            balance_minor=self._balance(fields, currency) if rules.balance else None,
            final=bool(rules.final) and self._fits(rules.final, fields),
        )

    def _amount(self, fields: list[str]) -> tuple[int, str]:
        rule, currency = self._rules.amount, self._currency(fields)
        column = rule.column
        if not fields[self._at[column]] and rule.when_empty:
            column = self._fallback(fields, rule, currency)
        try:
            minor = self._parse_amount(self._filled(fields, column), currency)
        except (BadAmount, UnknownCurrency) as fault:
            raise _named(column, fault) from None
        if rule.direction is None:
            return -minor if rule.positive_is_out else minor, currency
        return self._directed(fields, rule.direction, minor), currency

    def _currency(self, fields: list[str]) -> str:
        rule = self._rules.currency
        if not rule.column:
            return rule.default
        currency = fields[self._at[rule.column]] or rule.default
        return currency or self._filled(fields, rule.column)

    def _fallback(self, fields: list[str], rule: AmountRule, currency: str) -> str:
        """The other column, unless it holds an amount in another currency."""
        original = self._rules.original
        if original is None or original.amount != rule.when_empty:
            return rule.when_empty
        if fields[self._at[original.currency]] not in ("", currency):
            raise FieldMissing(f"{rule.column}: empty, and {rule.when_empty} is foreign")
        return rule.when_empty

    def _directed(self, fields: list[str], rule: DirectionRule, minor: int) -> int:
        if minor < 0:
            raise BadAmount(f"{rule.column}: gives the direction, and yet the amount is negative")
        way = self._filled(fields, rule.column)
        if way in rule.outgoing:
            return -minor
        if way not in rule.incoming:
            raise BadValue(f"{rule.column}: the profile does not know this value")
        return minor

    def _original(self, fields: list[str], currency: str, amount: int) -> tuple[int, str] | None:
        rule = self._rules.original
        original = fields[self._at[rule.currency]] if rule else ""
        if rule is None or not original or original == currency:
            return None
        text = self._filled(fields, rule.amount)
        minor = abs(_at(rule.amount, self._parse_amount, text, original))
        return (-minor if amount < 0 else minor), original

    def _balance(self, fields: list[str], currency: str) -> int | None:
        text = fields[self._at[self._rules.balance]]
        return _at(self._rules.balance, self._parse_amount, text, currency) if text else None

    def _when(self, fields: list[str]) -> tuple[date, date, datetime | None]:
        """Booking day, day it happened, moment. Days are taken as the feed writes them."""
        rules, day, moment = self._rules, None, None
        if rules.occurred_at and (text := fields[self._at[rules.occurred_at.column]]):
            day, moment = _at(rules.occurred_at.column, self._moment, text)
        if rules.occurred_on:
            day = self._day(fields, rules.occurred_on) or day
        posted_on = self._day(fields, rules.posted_on) if rules.posted_on else day
        if posted_on is None:
            missing = rules.posted_on or rules.occurred_at
            raise FieldMissing(f"{missing.column if missing else 'posted_on'}: empty")
        if self._latest is not None:
            refuse_future(max(posted_on, day or posted_on), self._latest)
        return posted_on, day or posted_on, moment

    def _day(self, fields: list[str], rule: DayRule) -> date | None:
        text = fields[self._at[rule.column]]
        return _at(rule.column, self._days[rule.column], text) if text else None

    def _name(self, fields: list[str], column: str) -> str:
        text = fields[self._at[column]]
        if not text or len(text) > NAME_CHARACTERS_MAX:
            raise FieldTooLong(f"{column}: too long") if text else FieldMissing(f"{column}: empty")
        return text

    def _filled(self, fields: list[str], column: str) -> str:
        text = fields[self._at[column]]
        if not text:
            raise FieldMissing(f"{column}: empty")
        return text

    def _identity_of(
        self,
        fields: list[str],
        posted_on: date,
        amount: int,
        currency: str,
        original: tuple[int, str] | None,
    ) -> tuple[str, ...]:
        """As parsed, so that `20` and `20.00` are one amount; texts as cleaned."""
        foreign = f"{original[0]} {original[1]}" if original else ""
        return (posted_on.isoformat(), f"{amount} {currency}", foreign, *self._identity(fields))

    def _fits(self, where: Where, fields: list[str]) -> bool:
        return all(fields[self._at[column]] in values for column, values in where)


def _at(column: str, parse: Callable[..., _Value], *texts: str) -> _Value:
    """What `parse` makes of it; its complaint names the column."""
    try:
        return parse(*texts)
    except Refused as fault:
        raise _named(column, fault) from None


def _named(column: str, fault: Refused) -> Refused:
    return type(fault)(f"{column}: {fault.message}")


def _day_rules(rules: CsvRules) -> list[DayRule]:
    return [rule for rule in (rules.posted_on, rules.value_on, rules.occurred_on) if rule]


def _moment_parser(rule: TimeRule | None, bank_zone: tzinfo) -> TimeParser:
    if rule is None:
        return time_parser("%Y-%m-%d%H", UTC)  # never asked
    if rule.zone == BANK_ZONE:
        return time_parser(rule.format, bank_zone, rule.century)
    zone = UTC if rule.zone == "UTC" else ZoneInfo(rule.zone)
    return time_parser(rule.format, zone, rule.century)


def _places(at: dict[str, int], wheres: list[Where]) -> list[int]:
    """Where the columns stand that decide, each once, in the order of their first mention."""
    return list(dict.fromkeys(at[column] for where in wheres for column, _ in where))


def _identity_texts(
    at: dict[str, int], columns: tuple[str, ...]
) -> Callable[[list[str]], tuple[str, ...]]:
    places = [at[column] for column in columns]

    @lru_cache(maxsize=_COMBINATIONS_KEPT)
    def cleaned(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(clean_text, texts))

    return lambda fields: cleaned(tuple([fields[place] for place in places]))


def _kind_chooser(rules: CsvRules) -> Callable[[bool, tuple[str, ...]], Kind]:
    """The kind by direction and by the values of the columns that decide (see `_places`)."""
    columns = list(dict.fromkeys(column for rule in rules.kinds for column, _ in rule.where))

    @lru_cache(maxsize=_COMBINATIONS_KEPT)
    def choose(incoming: bool, values: tuple[str, ...]) -> Kind:
        of = dict(zip(columns, values, strict=True))
        for rule in rules.kinds:
            fits = all(of[column] in allowed for column, allowed in rule.where)
            if fits and rule.incoming in (None, incoming):
                return rule.kind
        return rules.default_kind

    return choose
