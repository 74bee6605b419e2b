"""How pages write money, days and account numbers."""

from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kernel.money import Money, minor_as_text, minor_digits

register = template.Library()

MINUS = "\u2212"  # a hyphen is shorter than a plus and is not read as "minus"
_NO_BREAK = "\u00a0"
# The ones that a reader of pounds takes for nothing else; all others are written as their code.
_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "US$", "JPY": "¥"}


@register.simple_tag
def money(amount: Money) -> SafeString:
    """An amount that moved: `+` for money in, a minus for money out, and a shape of its own for
    money in. Zero has neither."""
    if amount.minor > 0:
        return format_html('<span class="in">+{}</span>', _unsigned(amount))
    return balance(amount)


@register.simple_tag
def balance(amount: Money) -> SafeString:
    """An amount that stands: a minus where it is below zero, no plus."""
    return format_html("{}{}", MINUS if amount.minor < 0 else "", _unsigned(amount))


def plain_money(amount: Money) -> str:
    """The same as text: `£1,234.56`, `KWD 12.500`."""
    sign = MINUS if amount.minor < 0 else ""
    return f"{sign}{_currency(amount.currency)}{_grouped(amount)}"


@register.simple_tag
def masked(number: str) -> SafeString:
    """`•••• 5770`, read aloud as "ending 5770"."""
    return format_html(
        '<span class="number"><span aria-hidden="true">••••</span>'
        '<span class="unseen">ending</span> {}</span>',
        number[-4:],
    )


@register.simple_tag(takes_context=True)
def day(context: template.Context, when: date) -> SafeString:
    """`Today`, `Yesterday`, `Mon 23 Nov`, with the year where it is not this one.

    Takes today from the page's `today`."""
    return _time(when.isoformat(), day_text(when, context["today"]))


@register.simple_tag
def full_day(when: date) -> SafeString:
    """`Monday 23 November 2026`."""
    return _time(when.isoformat(), f"{when:%A} {when.day} {when:%B %Y}")


@register.simple_tag
def moment(when: datetime) -> SafeString:
    """The time of day in the bank's time zone, to the second: `14:05:09`."""
    return _time(when.isoformat(), f"{timezone.localtime(when):%H:%M:%S}")


def day_text(when: date, today: date) -> str:
    if when == today:
        return "Today"
    if when == today - timedelta(days=1):
        return "Yesterday"
    text = f"{when:%a} {when.day} {when:%b}"
    return text if when.year == today.year else f"{text} {when.year}"


def _time(machine: str, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, text)


def _unsigned(amount: Money) -> SafeString:
    currency = _currency(amount.currency)
    return format_html('<span class="cur">{}</span>{}', currency, _grouped(amount))


def _currency(code: str) -> str:
    return _SYMBOLS.get(code) or f"{code}{_NO_BREAK}"


def _grouped(amount: Money) -> str:
    whole, mark, fraction = minor_as_text(
        abs(amount.minor), minor_digits(amount.currency)
    ).partition(".")
    return f"{int(whole):,}{mark}{fraction}"
