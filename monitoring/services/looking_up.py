"""Looking things up by their ids. A look at a customer's data is in the audit log before it is on
the page."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from identity import audit
from identity.staff import Role, actor_of, has_role
from kernel.errors import Missing, Refused
from kernel.lookups import Card, Lookup
from monitoring.declared import lookups


class NothingFound(Missing):
    """Nothing has this id, or nothing that you may look up."""

    code = "nothing_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A card, and the kind of thing that it is about."""

    lookup: Lookup
    card: Card


def offered(by: User) -> list[Lookup]:
    """What this member of staff may look up."""
    return [lookup for lookup in lookups() if has_role(by, Role(lookup.role))]


def look_up(wanted: str, by: User, *, key: str = "") -> list[Found]:
    """All things of this id, of one kind where `key` names it. Raises `NothingFound`."""
    found = []
    for lookup in offered(by):
        if (key and lookup.key != key) or not lookup.takes(wanted):
            continue
        try:
            card = lookup.find(wanted)
        except (Missing, Refused):
            continue
        _record(lookup, card, wanted, by)
        found.append(Found(lookup=lookup, card=card))
    if not found:
        raise NothingFound
    return found


def _record(lookup: Lookup, card: Card, wanted: str, by: User) -> None:
    if card.subject:
        audit.record(
            actor=actor_of(by),
            action=f"{lookup.key}.looked_up",
            subject=card.subject,
            detail={"id": wanted},
        )
