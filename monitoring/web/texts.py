"""Numbers as people read them."""

from kernel.dashboards import Panel, PanelKind, Show

DASH = "\u2013"
_SI = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_LENGTHS = ((86_400, "d"), (3600, "h"), (60, "min"))


def shown(value: float | None, panel: Panel) -> str:
    """Such as `12.3 ms`, `1.2 k/s`, `0.03 %`; a dash for None."""
    if value is None:
        return DASH
    return _amount(value, panel.show) + ("/s" if panel.kind is PanelKind.RATE else "")


def _amount(value: float, show: Show) -> str:
    match show:
        case Show.SECONDS:
            return length(value)
        case Show.PERCENT:
            return f"{digits(value * 100)} %"
        case Show.BYTES:
            return f"{scaled(value)}B"
    return scaled(value).strip()


def length(seconds: float) -> str:
    """A length of time in the unit that fits it."""
    for size, unit in _LENGTHS:
        if seconds >= 2 * size:
            return f"{digits(seconds / size)} {unit}"
    if seconds >= 1 or seconds == 0:
        return f"{digits(seconds)} s"
    return f"{digits(seconds * 1000)} ms"


def scaled(value: float) -> str:
    """With a prefix where it is large."""
    for size, prefix in _SI:
        if abs(value) >= size:
            return f"{digits(value / size)} {prefix}"
    return f"{digits(value)} "


def digits(value: float) -> str:
    """Three significant digits; two of what is very small."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}".removesuffix(".0")
    if size >= 0.01:
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value:.2g}"
