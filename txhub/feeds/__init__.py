"""Feeds: files of banks and how to read them, each format behind one face.

    feed = open_feed(chunks, profile_named("berka"), zone=bank_zone)
    for row in feed.rows: ...        # Parsed(entry) | Skipped(...) | Bad(...)

Here is neither Django nor AWS: chunks of plain bytes go in (gzip is recognised), entries come out.
"""

from collections.abc import Iterable, Iterator
from datetime import date, tzinfo

from txhub.feeds.csv_feed import open_csv
from txhub.feeds.hub import open_hub
from txhub.feeds.profile import FileCoverage, Profile
from txhub.feeds.profiles import profile_named, profile_names
from txhub.feeds.rows import Bad, Coverage, Feed, FeedHeader, FeedKind, Parsed, Row, Skipped
from txhub.feeds.values import latest_day

__all__ = [
    "Bad",
    "Coverage",
    "Feed",
    "FeedHeader",
    "FeedKind",
    "FileCoverage",
    "Parsed",
    "Profile",
    "Row",
    "Skipped",
    "latest_day",
    "open_feed",
    "profile_named",
    "profile_names",
    "read_feed",
]


def open_feed(
    chunks: Iterable[bytes], profile: Profile, *, zone: tzinfo, latest: date | None = None
) -> Feed:
    """Opens a feed: its header is read and checked, its rows follow as they are asked for.

    `zone`: the bank's time zone. `latest`: the last day that a row may be dated (`latest_day`),
    None for any. Raises a `Refused` for a fault of the whole file, here or from the rows.
    """
    if profile.csv is None:
        return open_hub(chunks, zone=zone, latest=latest)
    return open_csv(chunks, profile, zone=zone, latest=latest)


def read_feed(
    chunks: Iterable[bytes], profile: Profile, *, zone: tzinfo, latest: date | None = None
) -> Iterator[Row]:
    """The rows alone."""
    return open_feed(chunks, profile, zone=zone, latest=latest).rows
