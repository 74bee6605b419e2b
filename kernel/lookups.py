"""What operators can look up by its id. An app declares it in `<app>/operations.py`:

    LOOKUPS = (Lookup(key="order", title="Order", prefixes=("chk_",), find=_order),)

`monitoring` finds it, asks for the role, and writes the audit entry before anything is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

RoleName = Literal["viewer", "operator", "approver", "auditor"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a card. `look_up`: the value is an id that can be looked up in its turn."""

    label: str
    value: str = field(repr=False)
    look_up: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is known of a thing.

    `subject`: under which the look is audited, such as `account:acc_…`; empty where the card holds
    nothing of any customer's. `page`: the address where more can be seen or done.
    """

    title: str
    facts: tuple[Fact, ...]
    subject: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A kind of thing. `prefixes`: how its ids begin; none where any text may be one.

    `find` raises `Missing`.
    """

    key: str
    title: str
    find: Callable[[str], Card]
    prefixes: tuple[str, ...] = ()
    example: str = ""
    role: RoleName = "viewer"

    def takes(self, wanted: str) -> bool:
        """Whether this could be the id of one."""
        return not self.prefixes or wanted.startswith(self.prefixes)
