"""A part of a YAML file, read key by key; whatever is wrong is named with its path."""

from collections.abc import Iterator, Mapping
from typing import Any

from kernel.errors import Refused


class ProfileInvalid(Refused):
    """The feed profile does not say what it must, or says something unknown."""

    code = "profile_invalid"


class Section:
    """Takes values out of a mapping. `close` complains about the keys that nobody took."""

    def __init__(self, path: str, values: object) -> None:
        self.path = path
        if not isinstance(values, Mapping):
            raise ProfileInvalid(f"{path}: expected keys and values")
        self._values = {str(key): value for key, value in values.items()}
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "expected a text (put it in quotes)")
        return value

    def number(self, key: str, default: int | None = None) -> int:
        value = self._take(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(key, "expected a whole number that is not negative")
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in choices:
            raise self.wrong(key, f"expected one of: {', '.join(choices)}")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""
        value = self._take(key, default)
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            raise self.wrong(key, "expected a list of texts (put numbers and yes/no in quotes)")
        return tuple(items)

    def section(self, key: str) -> "Section":
        return Section(f"{self.path}{key}.", self._take(key, None))

    def optional_section(self, key: str) -> "Section | None":
        if key in self:
            return self.section(key)
        self._known.append(key)
        return None

    def sections(self, key: str) -> "Iterator[Section]":
        """A list of sections, empty where the key is missing."""
        items = self._take(key, [])
        if not isinstance(items, list):
            raise self.wrong(key, "expected a list")
        return (Section(f"{self.path}{key}[{number}].", item) for number, item in enumerate(items))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def wrong(self, key: str, why: str) -> ProfileInvalid:
        return ProfileInvalid(f"{self.path}{key}: {why}")

    def close(self) -> None:
        unknown = [key for key in self._values if key not in self._known]
        if unknown:
            known = ", ".join(sorted(self._known))
            raise self.wrong(unknown[0], f"unknown key; known here: {known}")

    def _take(self, key: str, default: Any) -> Any:
        self._known.append(key)
        value = self._values.get(key, default)
        if value is None:
            raise self.wrong(key, "missing")
        return value
