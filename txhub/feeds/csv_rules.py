"""Reads and checks the part of a profile that says how CSV rows become entries."""

import codecs
from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kernel.money import AmountFormat, UnknownCurrency, minor_digits
from txhub.domain.entries import Kind
from txhub.feeds.profile import (
    AmountRule,
    CsvRules,
    CurrencyRule,
    DayRule,
    DirectionRule,
    FileCoverage,
    KindRule,
    OriginalRule,
    SkipRule,
    TextRule,
    TimeRule,
    Where,
)
from txhub.feeds.section import ProfileInvalid, Section
from txhub.feeds.texts import PLACEHOLDER
from txhub.feeds.values import DATE_CODES, TIME_CODES, codes_of

BANK_ZONE = "bank"
TEXT_FIELDS = ("merchant", "description", "category", "country", "mcc", "auth_code")
_KINDS = tuple(kind.value for kind in Kind)


def csv_rules(section: Section) -> CsvRules:
    """Raises `ProfileInvalid` that names the key, for a column that `columns` does not have too."""
    identity = section.texts("identity", ())
    rules = CsvRules(
        encoding=_encoding(section),
        delimiter=_character(section, "delimiter", ","),
        quote=_character(section, "quote", '"', may_be_empty=True),
        columns=section.texts("columns"),
        id_column=section.text("id", ""),
        identity=identity,
        coverage=_coverage(section, bool(identity)),
        posted_on=_day_rule(section.optional_section("posted_on")),
        value_on=_day_rule(section.optional_section("value_on")),
        occurred_on=_day_rule(section.optional_section("occurred_on")),
        occurred_at=_time_rule(section.optional_section("occurred_at")),
        amount=_amount_rule(section.section("amount")),
        currency=_currency_rule(section.section("currency")),
        original=_original_rule(section.optional_section("original")),
        balance=section.text("balance", ""),
        final=_where(section.optional_section("final")),
        kinds=tuple(_kind_rule(rule) for rule in section.sections("kinds")),
        default_kind=Kind(section.choice("default_kind", _KINDS, Kind.PAYMENT)),
        texts=tuple((name, _text_rule(section, name)) for name in TEXT_FIELDS if name in section),
        skip=tuple(_skip_rule(rule) for rule in section.sections("skip")),
    )
    _check_whole(section, rules)
    return rules


def _check_whole(section: Section, rules: CsvRules) -> None:
    if len(set(rules.columns)) != len(rules.columns):
        raise section.wrong("columns", "a column is named twice")
    if bool(rules.id_column) == bool(rules.identity):
        raise section.wrong("id", "name an `id` column, or `identity` columns, not both")
    if rules.posted_on is None and rules.occurred_at is None:
        raise section.wrong("posted_on", "missing (or give `occurred_at`)")
    account = section.section("account").text("column")
    for key, column in [("account", account), *_columns_used(rules)]:
        if column not in rules.columns:
            raise section.wrong(key, f"there is no column {column!r} in `columns`")


def _columns_used(rules: CsvRules) -> Iterable[tuple[str, str]]:
    """Every column that some key names, with that key."""
    for key, day in (("posted_on", rules.posted_on), ("value_on", rules.value_on)):
        yield from [(key, day.column)] if day else []
    for key, day in (("occurred_on", rules.occurred_on), ("occurred_at", rules.occurred_at)):
        yield from [(key, day.column)] if day else []
    named = [
        ("id", rules.id_column),
        ("amount", rules.amount.column),
        ("amount.when_empty", rules.amount.when_empty),
        ("amount.direction", rules.amount.direction.column if rules.amount.direction else ""),
        ("currency", rules.currency.column),
        ("original.amount", rules.original.amount if rules.original else ""),
        ("original.currency", rules.original.currency if rules.original else ""),
        ("balance", rules.balance),
    ]
    yield from (pair for pair in named if pair[1])
    yield from (("identity", column) for column in rules.identity)
    for name, text in rules.texts:
        yield from ((name, column) for column in text.columns)
    yield from (("final", column) for column, _ in rules.final)
    for kind in rules.kinds:
        yield from (("kinds", column) for column, _ in kind.where)
    for skip in rules.skip:
        yield from (("skip", column) for column, _ in skip.where)


def _encoding(section: Section) -> str:
    try:
        name = codecs.lookup(section.text("encoding", "utf-8")).name
        plain = "\n".encode(name) == b"\n" and name != "utf-8-sig"
    except (LookupError, UnicodeError):
        plain = False
    if not plain:
        raise section.wrong("encoding", "expected utf-8, ascii, iso8859-x or cp125x")
    return name


def _character(section: Section, key: str, default: str, *, may_be_empty: bool = False) -> str:
    value = section.text(key, default)
    if len(value) != 1 and not (may_be_empty and not value):
        raise section.wrong(key, "expected one character")
    return value


def _coverage(section: Section, has_identity: bool) -> FileCoverage | None:
    if has_identity:
        choices = tuple(item.value for item in FileCoverage)
        return FileCoverage(section.choice("coverage", choices))
    if "coverage" in section:
        raise section.wrong("coverage", "only for feeds without an `id` column")
    return None


def _day_rule(section: Section | None) -> DayRule | None:
    if section is None:
        return None
    rule = DayRule(
        column=section.text("column"), format=_day_format(section), century=_century(section)
    )
    if TIME_CODES & set(codes_of(rule.format)):
        raise section.wrong("format", "a day has no time codes; see `occurred_at`")
    section.close()
    return rule


def _time_rule(section: Section | None) -> TimeRule | None:
    if section is None:
        return None
    zone = section.text("zone")
    if zone != BANK_ZONE and not _is_zone(zone):
        raise section.wrong("zone", 'expected an IANA name such as UTC, or "bank"')
    rule = TimeRule(
        column=section.text("column"),
        format=_day_format(section),
        century=_century(section),
        zone=zone,
    )
    codes = codes_of(rule.format)
    first_time = codes.index("%H") if "%H" in codes else 0
    if not first_time or DATE_CODES & set(codes[first_time:]):
        raise section.wrong("format", "expected the day first, then %H and what follows it")
    section.close()
    return rule


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError):
        return False


def _day_format(section: Section) -> str:
    pattern = section.text("format")
    codes = codes_of(pattern)
    known = set(codes) <= DATE_CODES | TIME_CODES and len(set(codes)) == len(codes)
    whole = {"%Y", "%y"} & set(codes) and {"%m", "%b"} & set(codes) and "%d" in codes
    if not (known and whole):
        names = " ".join(sorted(DATE_CODES | TIME_CODES))
        raise section.wrong("format", f"expected a year, a month and a day, of {names}")
    return pattern


def _century(section: Section) -> int:
    two_digits = "%y" in section.text("format")
    if two_digits and "century" not in section:
        raise section.wrong("century", "missing: 1900 or 2000, what a year of two digits counts on")
    return section.number("century", 0) if two_digits or "century" in section else 0


def _amount_rule(section: Section) -> AmountRule:
    direction = section.optional_section("direction")
    has_sign = "positive_is" in section
    if has_sign == (direction is not None):
        raise section.wrong("positive_is", "say `positive_is: in|out`, or give a `direction`")
    form = AmountFormat(section.text("decimal", "."), section.text("grouping", ""))
    if len(form.decimal) != 1 or len(form.grouping) > 1 or form.decimal == form.grouping:
        raise section.wrong("decimal", "expected one mark, and another for `grouping`")
    rule = AmountRule(
        column=section.text("column"),
        when_empty=section.text("when_empty", ""),
        form=form,
        positive_is_out=has_sign and section.choice("positive_is", ("in", "out")) == "out",
        direction=_direction_rule(direction) if direction else None,
    )
    section.close()
    return rule


def _direction_rule(section: Section) -> DirectionRule:
    rule = DirectionRule(
        column=section.text("column"),
        incoming=frozenset(section.texts("in")),
        outgoing=frozenset(section.texts("out")),
    )
    if rule.incoming & rule.outgoing:
        raise section.wrong("in", "a value is both `in` and `out`")
    section.close()
    return rule


def _currency_rule(section: Section) -> CurrencyRule:
    rule = CurrencyRule(column=section.text("column", ""), default=section.text("default", ""))
    if not (rule.column or rule.default):
        raise section.wrong("column", "give a column, a default, or both")
    if rule.default:
        try:
            minor_digits(rule.default)
        except UnknownCurrency as error:
            raise section.wrong("default", error.message) from None
    section.close()
    return rule


def _original_rule(section: Section | None) -> OriginalRule | None:
    if section is None:
        return None
    rule = OriginalRule(amount=section.text("amount"), currency=section.text("currency"))
    section.close()
    return rule


def _kind_rule(section: Section) -> KindRule:
    way = section.choice("direction", ("in", "out", "any"), "any")
    rule = KindRule(
        kind=Kind(section.choice("kind", _KINDS)),
        where=_where(section.optional_section("where")),
        incoming=None if way == "any" else way == "in",
    )
    section.close()
    return rule


def _skip_rule(section: Section) -> SkipRule:
    rule = SkipRule(where=_where(section.section("where")), reason=section.text("reason"))
    section.close()
    return rule


def _where(section: Section | None) -> Where:
    if section is None:
        return ()
    return tuple((column, frozenset(section.texts(column))) for column in section)


def _text_rule(section: Section, key: str) -> TextRule:
    """A template with `{COLUMN}` in it, or a list of columns."""
    values = section.texts(key)
    if not values:
        raise section.wrong(key, "expected a template or a list of columns")
    columns = tuple(PLACEHOLDER.findall(values[0]))
    if len(values) == 1 and columns:
        return TextRule(columns=columns, template=values[0])
    if any("{" in value for value in values):
        raise ProfileInvalid(f"{section.path}{key}: give one template, or a list of columns")
    return TextRule(columns=values)
