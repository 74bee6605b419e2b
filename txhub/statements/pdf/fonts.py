"""The typeface: Source Sans, which has Latin, Greek and Cyrillic letters and figures of one width.

A merchant may be written in any script. What the typeface lacks is written in Latin letters, so
that nobody meets empty boxes; the JSON form of the statement has it as it came.
"""

import unicodedata
from functools import cache
from importlib.resources import as_file, files

from anyascii import anyascii
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, STRONG = "SourceSansPro-Regular", "SourceSansPro-Semibold"
# Controls, marks and pictures: no word is lost when they are left out.
_NO_LETTERS = frozenset({"Cc", "Cf", "Mn", "Me", "Sk", "So"})


@cache
def register() -> frozenset[int]:
    """Makes both weights known to reportlab, once in a process; the code points that they have."""
    folder = files("font_source_sans_pro") / "files"
    known = []
    for name in (REGULAR, STRONG):
        with as_file(folder / f"{name}.ttf") as path:
            font = TTFont(name, str(path))
        pdfmetrics.registerFont(font)
        known.append(frozenset(font.face.charToGlyph))
    return frozenset.intersection(*known)


def legible(text: str) -> str:
    """The text in letters that the typeface has."""
    known = register()
    composed = unicodedata.normalize("NFC", text)
    if all(ord(letter) in known for letter in composed):
        return composed
    return "".join(map(_legible, composed)).strip() or "?"


def width(text: str, font: str, size: float) -> float:
    """In points."""
    wide: float = pdfmetrics.stringWidth(text, font, size)
    return wide


@cache
def _legible(letter: str) -> str:
    if ord(letter) in register():
        return letter
    return "" if unicodedata.category(letter) in _NO_LETTERS else anyascii(letter)
