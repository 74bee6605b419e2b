"""A sensor's last day as a small picture."""

import numpy as np

from sensors.domain.readings import Readings

_WIDTH, _HEIGHT, _INSET = 120, 28, 2
# An image does not see the page's colours, so it has its own for dark rooms.
_STYLE = (
    "path{fill:none;stroke:#0a5f4c;stroke-width:1.5}"
    "@media(prefers-color-scheme:dark){path{stroke:#74d6b8}}"
)
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
    'width="{width}" height="{height}"><style>{style}</style><path d="{path}"/></svg>'
)


def sparkline(drawn: Readings, first_ns: int, end_ns: int) -> str:
    """An SVG image of readings within a range; an empty one without any."""
    return _SVG.format(
        width=_WIDTH, height=_HEIGHT, style=_STYLE, path=_path(drawn, first_ns, end_ns)
    )


def _path(drawn: Readings, first_ns: int, end_ns: int) -> str:
    finite = drawn[np.isfinite(drawn["value"])]
    if not len(finite):
        return ""
    x = (finite["at"] - first_ns) / (end_ns - first_ns) * _WIDTH
    low, high = finite["value"].min(), finite["value"].max()
    share = (finite["value"] - low) / (high - low) if high > low else np.full(len(finite), 0.5)
    y = _HEIGHT - _INSET - share * (_HEIGHT - 2 * _INSET)
    points = [f"{left:.1f} {top:.1f}" for left, top in zip(x, y, strict=True)]
    return "M" + "L".join(points if len(points) > 1 else [*points, f"{x[0] + 0.1:.1f} {y[0]:.1f}"])
