"""What to do about an alarm, for its page: the section of a how-to that the alarm names."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings

_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


@cache
def advice(howto: str) -> str:
    """The text under `docs/howto-alarms.md#a-heading`, as plain words; empty where there is none,
    such as where the documentation is not installed."""
    name, _, wanted = howto.partition("#")
    path = Path(settings.BASE_DIR, name)
    if not wanted or not path.is_file():
        return ""
    for section in path.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        if _anchor(title) == wanted:
            return _LINK.sub(r"\1", text).replace("`", "").strip()
    return ""


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", title.strip().lower()).replace(" ", "-")
