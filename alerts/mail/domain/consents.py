"""Consent to an optional kind of mail: given and withdrawn any number of times, each a version."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Source(StrEnum):
    """How a customer said so."""

    SETTINGS = "settings"  # on their page, signed in
    LINK = "link"  # by the link in a mail, or its one click
    STAFF = "staff"  # on the telephone, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """`version` counts the customer's decisions about this kind. `terms`: the wording that they
    agreed to, or withdrew from."""

    customer_id: str
    kind: str
    given: bool
    at: datetime
    source: Source
    terms: str
    version: int


def decided(
    last: Consent | None,
    *,
    customer_id: str,
    kind: str,
    given: bool,
    at: datetime,
    source: Source,
    terms: str,
) -> Consent | None:
    """The next version; None where it says what the last one says."""
    if last is None and not given:
        return None
    if last is not None and (last.given, last.terms) == (given, terms):
        return None
    if last is not None and not (given or last.given):
        return None
    return Consent(
        customer_id=customer_id,
        kind=kind,
        given=given,
        at=at,
        source=source,
        terms=terms,
        version=last.version + 1 if last else 1,
    )
