"""Texts of a row: trimmed, card numbers masked, and no longer than a bank's."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter

from txhub.domain.pan import mask_pans
from txhub.feeds.faults import BadValue, FieldTooLong
from txhub.feeds.profile import TextRule

TEXT_CHARACTERS_MAX = 2_000  # a description; the longest of the known formats has 1,024
NAME_CHARACTERS_MAX = 200  # an id, an account number
_TEXTS_KEPT = 65_536

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")  # {COLUMN} in a template
TextMaker = Callable[[Sequence[str]], str | None]

# Form only: which codes are in use changes, and an unknown one harms nobody.
_FORMS = {
    "country": (re.compile(r"[A-Z]{2,3}"), "two or three capital letters (ISO 3166-1)"),
    "mcc": (re.compile(r"[0-9]{4}"), "four digits (ISO 18245)"),
}


@lru_cache(maxsize=_TEXTS_KEPT)
def clean_text(text: str) -> str:
    """One line, single spaces, no card number. Raises `FieldTooLong`."""
    return _without_cards(" ".join(text.split()))


@lru_cache(maxsize=_TEXTS_KEPT)
def masked_text(text: str) -> str:
    """As it is, without card numbers. Raises `FieldTooLong`."""
    return _without_cards(text)


def _without_cards(text: str) -> str:
    if len(text) > TEXT_CHARACTERS_MAX:
        raise FieldTooLong(f"longer than {TEXT_CHARACTERS_MAX:,} characters")
    return mask_pans(text)


def checked_code(field: str, text: str) -> str | None:
    """A `country` or `mcc` of the right form, None where empty. Raises `BadValue`."""
    if not text:
        return None
    form, words = _FORMS[field]
    if form.fullmatch(text) is None:
        raise BadValue(f"{field}: expected {words}")
    return text


def checked_name(text: str) -> str:
    """An id or an account number. Raises `FieldTooLong`."""
    if len(text) > NAME_CHARACTERS_MAX:
        raise FieldTooLong(f"longer than {NAME_CHARACTERS_MAX} characters")
    return text


def text_maker(field: str, rule: TextRule | None, columns: Sequence[str]) -> TextMaker | None:
    """Makes this field's text out of the fields of a row whose header is `columns`."""
    if rule is None:
        return None
    pick = itemgetter(*(columns.index(column) for column in rule.columns))

    @lru_cache(maxsize=_TEXTS_KEPT)
    def make(picked: str | tuple[str, ...]) -> str | None:
        values = (picked,) if isinstance(picked, str) else picked
        text = clean_text(_joined(rule, values)) if any(values) else ""
        return checked_code(field, text) if field in _FORMS else text or None

    return lambda fields: make(pick(fields))


def _joined(rule: TextRule, values: tuple[str, ...]) -> str:
    if rule.template:
        given = iter(values)
        return PLACEHOLDER.sub(lambda _: next(given), rule.template)
    return " · ".join(value for value in values if value)
