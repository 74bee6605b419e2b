"""Full card numbers (PANs) are never kept, not even sealed: at most their last four digits are.

A card number here is 13 to 19 digits that pass the Luhn check, written in one run or in groups
parted by spaces, dashes or dots. About one in ten long reference numbers passes the check by
chance and is masked too: an unreadable reference is the smaller loss.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from txhub.domain.entries import Entry

PAN_DIGITS_MIN = 13
PAN_DIGITS_MAX = 19

_SEPARATOR = r"[ .\-\u00a0\u2007\u2009\u200b\u202f\u2010-\u2015\u2212]{1,3}"
_RUN = re.compile(rf"\d(?:(?:{_SEPARATOR})?\d){{{PAN_DIGITS_MIN - 1},}}")
_GROUP = re.compile(r"\d+")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
# A card may be glued to other digits (padding, an expiry date). There it is looked for by what
# cards begin with, at their usual lengths: any Luhn-valid window would be found in nearly every
# long number.
_GLUED = re.compile(r"(?=([2-6]\d{15}|3[47]\d{13}))")
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # twice the digit, its own digits added up


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        total += _DOUBLED[int(digit)] if place % 2 else int(digit)
    return total % 10 == 0


def mask_pans(text: str) -> str:
    """The same text with every card number in it cut to `****` and its last four digits."""
    if len(text) < PAN_DIGITS_MIN or _RUN.search(text) is None:
        return text
    return _masked(text)


def unmasked(text: str, original: str) -> str:
    """`text` with the card numbers of `original` put back where their masks stand in it.

    For the moment in which a masked row is read again: what comes out is not to be kept.
    """
    masks: list[tuple[str, str]] = []
    if text == _replaced(original, lambda mask, number: masks.append((mask, number))):
        return original
    for mask, number in reversed(masks):
        if {each for other, each in masks if other == mask} == {number}:
            text = text.replace(mask, number)  # a text that the sender masked may end alike
            continue
        before, found, behind = text.rpartition(mask)
        text = f"{before}{number}{behind}" if found else text
    return text


def without_card_numbers(entry: Entry) -> Entry:
    """The entry as it may be kept, once its ids are made. Its texts are clean already."""
    names = (entry.account, entry.source_id or "", entry.reversal_of or "", entry.auth_code or "")
    if max(map(len, names)) < PAN_DIGITS_MIN:
        return entry
    kept = (display_number(names[0]), *map(mask_pans, names[1:]))
    if kept == names:
        return entry
    account, source_id, reversal_of, auth_code = kept
    return replace(
        entry,
        account=account,
        source_id=source_id or None,
        reversal_of=reversal_of or None,
        auth_code=auth_code or None,
    )


def display_number(number: str) -> str:
    """An account's number as it may be kept and shown; a card number only as its last four.

    A valid IBAN stays whole: its digits may pass for a card's by chance, and it is none.
    """
    compact = number.replace(" ", "").upper()
    return number if _is_iban(compact) else mask_pans(number)


@lru_cache(maxsize=1024)
def _masked(text: str) -> str:
    return _replaced(text, lambda _mask, _number: None)


def _replaced(text: str, note: Callable[[str, str], None]) -> str:
    """Masks all card numbers; `note` hears of each mask and what it stands for, in order."""

    def mask_run(match: re.Match[str]) -> str:
        run = match.group()
        card = _card_of_whole_groups(run) or _card_inside_a_group(run)
        if card is None:
            return run
        start, end = card
        mask = f"****{''.join(_GROUP.findall(run[start:end]))[-4:]}"
        note(mask, run[start:end])
        return f"{run[:start]}{mask}{run[end:]}"

    while (masked := _RUN.sub(mask_run, text)) != text:
        text = masked  # what is left of a run may form another one with its neighbours
    return text


def _card_of_whole_groups(run: str) -> tuple[int, int] | None:
    """Where consecutive groups of digits make up a card number, the longest at each place first."""
    groups = [(found.start(), found.end(), found.group()) for found in _GROUP.finditer(run)]
    for first in range(len(groups)):
        for last in range(len(groups), first, -1):
            digits = "".join(text for _, _, text in groups[first:last])
            if PAN_DIGITS_MIN <= len(digits) <= PAN_DIGITS_MAX and passes_luhn(digits):
                return groups[first][0], groups[last - 1][1]
    return None


def _card_inside_a_group(run: str) -> tuple[int, int] | None:
    for glued in _GLUED.finditer(run):
        if passes_luhn(glued.group(1)):
            return glued.span(1)
    return None


def _is_iban(compact: str) -> bool:
    if _IBAN.fullmatch(compact) is None:
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1
