"""A sheet of A4: what can be drawn on it, in points from its upper left corner."""

from datetime import date
from typing import Any

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from txhub.statements.pdf.fonts import REGULAR, STRONG, legible, register, width

WIDTH, HEIGHT = A4
LEFT, RIGHT = 54.0, WIDTH - 54.0
TOP, BOTTOM = 92.0, HEIGHT - 64.0

INK, QUIET, TINT, WHITE = map(HexColor, ("#14211d", "#56635e", "#0a5f4c", "#ffffff"))
HAIR, RULE = map(HexColor, ("#dfe5e2", "#818e89"))

rl_config.useA85 = 0  # streams as bytes and not as text: a fifth smaller


class Sheet:
    """Draws with one typeface in few sizes. The same calls give the same bytes: its only date is
    `dated`."""

    def __init__(self, out: Any, *, title: str, subject: str, dated: date) -> None:
        register()
        self._canvas = Canvas(out, pagesize=A4, invariant=1, lang="en-GB", pageCompression=1)
        self._canvas.setTitle(title)
        self._canvas.setSubject(subject)
        self._canvas.setAuthor("TxHub")
        self._canvas.setCreator("TxHub")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._canvas.setDateFormatter(lambda *_now: f"D:{dated:%Y%m%d}000000Z")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        strong: bool = False,
        colour: Color = INK,
        to_right: bool = False,
    ) -> None:
        """Writes on the base line `y`; `x` is where it begins, or ends with `to_right`."""
        font = STRONG if strong else REGULAR
        shown = legible(text)
        if to_right:
            x -= width(shown, font, size)
        self._canvas.setFont(font, size)
        self._canvas.setFillColor(colour)
        self._canvas.drawString(x, HEIGHT - y, shown)

    def rule(self, y: float, *, colour: Color = HAIR) -> None:
        self._canvas.setStrokeColor(colour)
        self._canvas.setLineWidth(0.5)
        self._canvas.line(LEFT, HEIGHT - y, RIGHT, HEIGHT - y)

    def mark(self, x: float, y: float, side: float) -> None:
        """The brand's: a rounded square with three lines in it."""
        canvas, unit = self._canvas, side / 24
        canvas.setFillColor(TINT)
        canvas.roundRect(x, HEIGHT - y - side, side, side, 6 * unit, stroke=0, fill=1)
        canvas.setStrokeColor(WHITE)
        canvas.setLineWidth(2.4 * unit)
        canvas.setLineCap(1)
        for first, last, at in ((5, 15, 8), (9, 19, 12), (5, 12, 16)):
            down = HEIGHT - y - at * unit
            canvas.line(x + first * unit, down, x + last * unit, down)
        canvas.setLineCap(0)

    def next_page(self) -> None:
        self._canvas.showPage()

    def save(self) -> None:
        self._canvas.save()
