"""Amounts and dates in sentences."""

from datetime import date

from kernel.money import minor_as_text, minor_digits

_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥"}


def money(minor: int, currency: str) -> str:
    """`£1,234.50`, `CHF 20.00`, without a sign for money out."""
    whole, point, fraction = minor_as_text(abs(minor), minor_digits(currency)).partition(".")
    sign = _SIGNS.get(currency) or f"{currency}\u00a0"
    return f"{sign}{int(whole):,}{point}{fraction}"


def on(day: date) -> str:
    """`on 3 May 2026`"""
    return f"on {day.day} {day:%B %Y}"


def gap(seconds: int) -> str:
    """`40 seconds`, `12 minutes`, `3 hours`, `2 days`."""
    for name, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"
