"""Numbers, times and words as the staff's pages about alerts and mail write them."""

from collections.abc import Iterable

from django import template

from alerts.mail.domain.kinds import MailKind

register = template.Library()


@register.filter
def thousands(number: int | None) -> str:
    """1,234,567; a dash where nobody knows."""
    return "-" if number is None else f"{number:,}"


@register.filter
def time_left(seconds: int) -> str:
    """`40 s`, `12 min`, `3 h 05 min`."""
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


@register.filter
def words(name: str) -> str:
    """`no_address`: no address."""
    return name.replace("_", " ")


@register.filter
def labels(kinds: Iterable[MailKind]) -> str:
    """What customers call these kinds of mail: `Alerts at once, Alert digest`."""
    return ", ".join(kind.label for kind in kinds)
