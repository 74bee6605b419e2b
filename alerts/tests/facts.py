"""Facts made by hand, and what a rule says of the latest of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from alerts.domain.facts import Fact
from alerts.domain.history import History
from alerts.domain.profile import Profile
from alerts.domain.rules import Finding
from alerts.rules import rule_named

NOON = datetime(2026, 6, 20, 12, tzinfo=UTC)
_numbers = count(1)


def a_fact(minor: int, ago: timedelta = timedelta(0), **values: Any) -> Fact:
    """A card purchase at Voltmart, so long before noon of 20 June; news, and posted."""
    moment = NOON - ago
    name = values.pop("name", "Voltmart")
    at = int(moment.timestamp())
    plain: dict[str, Any] = {
        "transaction_id": f"txn_{next(_numbers):06}",
        "at": at,
        "place": 0,
        "day": moment.date().toordinal(),
        "merchant": name.casefold().replace(" ", ""),
        "name": name,
        "minor": minor,
        "currency": "GBP",
        "kind": "card",
        "posted": True,
        "timed": True,
        "news": True,
        "removed": False,
        "seen": at,
        "version": 1,
        "country": "GB",
        "mcc": "5732",
        "authorised": None,
        "authorised_seen": 0,
        "balance": None,
        "undoes": "",
    }
    return Fact(**(plain | values))


def days(number: float) -> timedelta:
    return timedelta(days=number)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def finding(name: str, facts: Sequence[Fact], **settings: int) -> Finding | None:
    """What the rule says of the latest fact, with these settings and its other defaults."""
    profile = Profile().united_with(facts)
    rule = rule_named(name)
    history = History(profile, len(profile.facts) - 1)
    return rule.evaluate(profile.facts[-1], history, {**rule.defaults, **settings})


def said(name: str, facts: Sequence[Fact], **settings: int) -> str | None:
    """The reason that it gives, if any."""
    found = finding(name, facts, **settings)
    return found.reason if found else None
