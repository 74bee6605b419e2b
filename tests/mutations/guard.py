"""What a guard is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """`holds` stands in `file` exactly once; with `broken` in its place, `test` must fail.

    `prevents`: what happens without it, for the reader of docs/guards.md.
    """

    name: str
    prevents: str
    file: str
    holds: str
    broken: str
    test: str

    @property
    def place(self) -> str:
        return self.file.removeprefix("txhub/")
