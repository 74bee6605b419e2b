"""Words and figures as they stand on paper."""

from datetime import date

from kernel.money import Money, minor_as_text, minor_digits
from txhub.statements.pdf.fonts import REGULAR, legible, width

MINUS = "\u2212"
_LINES_MAX = 6


def figure(amount: Money) -> str:
    """`1,234.56`, without its currency; a minus sign before what is below zero."""
    whole, mark, fraction = minor_as_text(
        abs(amount.minor), minor_digits(amount.currency)
    ).partition(".")
    return f"{MINUS if amount.minor < 0 else ''}{int(whole):,}{mark}{fraction}"


def unsigned(amount: Money) -> str:
    """`1,234.56`: its column says whether it came in or went out."""
    return figure(Money(abs(amount.minor), amount.currency))


def with_code(amount: Money) -> str:
    """`KWD 12.500`"""
    return f"{amount.currency} {figure(amount)}"


def short_day(day: date, closing: date) -> str:
    """`3 May`; with the year where it is not the statement's."""
    text = f"{day.day} {day:%b}"
    return text if day.year == closing.year else f"{text} {day.year}"


def wrapped(text: str, room: float, size: float) -> list[str]:
    """The text in lines no wider than `room` points; what is past six lines is cut, and says so."""
    shown = legible(text)
    if width(shown, REGULAR, size) <= room:
        return [shown]
    lines = [""]
    for word in shown.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, REGULAR, size) <= room:
            lines[-1] = longer
        else:
            lines += _pieces(word, room, size)
    lines = [line for line in lines if line]
    return lines if len(lines) <= _LINES_MAX else [*lines[: _LINES_MAX - 1], "…"]


def _pieces(word: str, room: float, size: float) -> list[str]:
    """A word that is wider than the room is parted where it must."""
    pieces = [""]
    for letter in word:
        if width(pieces[-1] + letter, REGULAR, size) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces
