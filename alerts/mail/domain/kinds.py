"""Kinds of mail: why a customer gets one, and what it may say."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kernel.errors import Missing

Fact = str | int
Facts = Mapping[str, Fact]
_FACT_CHARACTERS_MAX = 200


class Basis(StrEnum):
    """What allows the bank to write."""

    STATUTORY = "statutory"  # it must: where e-mail does not reach the customer, paper does
    SERVICE = "service"  # it belongs to what the customer has with the bank; no unsubscribing
    OPTIONAL = "optional"  # only while the customer consents; unsubscribing takes one click


class NoSuchCampaign(Missing):
    """There is no such campaign."""

    code = "no_such_campaign"


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Campaign:
    """One kind of mail for one day. `edition` tells several of a day apart: by number, or by the
    name of a slot."""

    kind: str
    day: date
    edition: int = 1

    @property
    def name(self) -> str:
        """Such as `statement_ready.2026-06-30`, and `….2` of the second edition."""
        suffix = f".{self.edition}" if self.edition > 1 else ""
        return f"{self.kind}.{self.day.isoformat()}{suffix}"

    @classmethod
    def named(cls, name: str) -> "Campaign":
        """Raises `NoSuchCampaign`."""
        kind, _, rest = name.partition(".")
        day, _, edition = rest.partition(".")
        try:
            return cls(kind=kind, day=date.fromisoformat(day), edition=int(edition or 1))
        except ValueError:
            raise NoSuchCampaign from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A customer on a campaign's list, and what their mail says: never a merchant or an amount.
    `ids`: what it tells of, where that is told once (`MailKind.note`)."""

    customer_id: str
    facts: Facts
    ids: tuple[str, ...] = ()


class BadFact(ValueError):
    """A mail says short texts and whole numbers only."""


def checked_facts(facts: Facts) -> Facts:
    """Raises `BadFact`."""
    for name, fact in facts.items():
        is_short = isinstance(fact, str) and len(fact) <= _FACT_CHARACTERS_MAX
        if not name.isidentifier() or not (is_short or type(fact) is int):
            raise BadFact(name)
    return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKind:
    """A kind, as a file in `alerts/mail/kinds/` declares it.

    name       also of its templates' folder
    label      what operators call it
    basis      why the bank may write
    about      the line at the mail's foot that says why the customer gets it
    path       where its button leads on the site
    sample     made-up facts for the preview
    due        the campaigns that should exist by now
    listing    who is written to in a campaign, in any order; twice is once
    note       that somebody is listed, where the listing names what nobody has noted yet; None
               where it says the same however often it is asked
    edition    how people read an edition
    agreed_as  the kind that customers agree to with this one; itself where nothing is said
    """

    name: str
    label: str
    basis: Basis
    about: str
    path: str
    sample: Facts
    due: Callable[[datetime], Iterable[Campaign]]
    listing: Callable[[Campaign], Iterator[Listed]]
    note: Callable[[Listed], None] | None = None
    edition: Callable[[int], str] = "edition {}".format
    agreed_as: str = ""

    @property
    def can_unsubscribe(self) -> bool:
        return self.basis is Basis.OPTIONAL

    def title(self, campaign: Campaign) -> str:
        """What people call a campaign of it: `Statement ready, 30 Jun 2026`."""
        edition = f" ({self.edition(campaign.edition)})" if campaign.edition > 1 else ""
        return f"{self.label}, {campaign.day:%-d %b %Y}{edition}"

    @property
    def consent(self) -> str:
        """What consent to it is kept as."""
        return self.agreed_as or self.name

    @property
    def needs_paper(self) -> bool:
        """Whether a letter follows where e-mail does not reach the customer."""
        return self.basis is Basis.STATUTORY
