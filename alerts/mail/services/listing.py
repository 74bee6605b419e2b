"""Makes a campaign's list, which is written once.

Most kinds list what follows from a day. Others list what is not noted yet, and note it: then
nothing may come on two lists, whoever dies or is taken for dead in between. So whoever makes such
a list first closes all others that are being made: each gets an empty list unless it has one, and
what is on it is noted. Only then is it asked what is left, and what comes too late for a list
comes on the next.
"""

from collections.abc import Callable, Iterator

from alerts.mail.domain.kinds import Campaign, Listed, MailKind
from alerts.mail.kinds import kind_named
from alerts.mail.repository.files import list_exists, listed_from_line, read_list, write_list
from alerts.mail.services.campaigns import being_listed

Alive = Callable[[int], None]


def make_list(campaign: Campaign, alive: Alive) -> None:
    """Again changes nothing. `alive` hears how many are done, and raises to end it."""
    kind = kind_named(campaign.kind)
    if not list_exists(campaign):
        if kind.note:
            _close_others(campaign, kind, alive)
        write_list(campaign, _kept_alive(kind.listing(campaign), alive))
    if kind.note:
        _note_all(campaign, kind, alive)


def _close_others(campaign: Campaign, kind: MailKind, alive: Alive) -> None:
    for other in being_listed(campaign):
        write_list(other, ())
        _note_all(other, kind, alive)


def _note_all(campaign: Campaign, kind: MailKind, alive: Alive) -> None:
    assert kind.note is not None
    for each in _kept_alive(map(listed_from_line, read_list(campaign)), alive):
        kind.note(each)


def _kept_alive(listed: Iterator[Listed], alive: Alive) -> Iterator[Listed]:
    for number, each in enumerate(listed):
        alive(number)
        yield each
