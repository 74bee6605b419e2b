"""Editions: in which order a feed's files speak of what is pending, whatever order they come in.

An edition is a text that sorts: `2026-03-02#000000000000000007`.
"""

from datetime import date
from typing import NewType

Edition = NewType("Edition", str)


def memo_edition(business_date: date, sequence: int) -> Edition:
    """Of a memo file: by business date, then by the number its sender gives a day's memo files."""
    return Edition(f"{business_date.isoformat()}#{sequence:018}")


def last_edition_of(day: date) -> Edition:
    """Of what has no number among the day's memo files: younger than all of them, so that none of
    them takes away what it says."""
    return Edition(f"{day.isoformat()}#~")


def day_of(edition: Edition) -> date:
    """The business date in it."""
    return date.fromisoformat(edition[:10])
