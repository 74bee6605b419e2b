"""Opens a landed file as a feed, and holds its header against what the job was told it is."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from zoneinfo import ZoneInfo

from django.conf import settings

from aws import storage
from kernel.clock import Clock
from kernel.errors import Refused
from txhub.batch.models import JobInstance
from txhub.feeds import latest_day, open_feed
from txhub.feeds.lines import blocks
from txhub.feeds.profile import Profile
from txhub.feeds.profiles import profile_named
from txhub.feeds.rows import Feed, FeedHeader
from txhub.resources import LANDING

LANDING_PURPOSE = "landing"
FEED_NAME_MAX = 64


class HeaderContradicts(Refused):
    """The file's header names another kind, feed or business date than the job was given."""

    code = "header_contradicts"


def bank_zone() -> ZoneInfo:
    return ZoneInfo(settings.BANK_TIME_ZONE)


def open_landed(
    instance: JobInstance, *, clock: Clock, seen: Callable[[int], None] = lambda _size: None
) -> Feed:
    """The job's file, from the archive. `seen` hears how many plain bytes were read.

    Raises `HeaderContradicts`, what `txhub.feeds` raises, `ObjectMissing`, and `Tampered`.
    """
    profile = profile_named(instance.profile)
    latest = latest_day(instance.business_date, clock().date())
    feed = open_feed(_counted(_pieces_of(instance), seen), profile, zone=bank_zone(), latest=latest)
    _check_header(feed.header, instance)
    return feed


def peek(chunks: Iterable[bytes], profile: Profile) -> FeedHeader | None:
    """The header of a file that has one. None too where the file is broken: its job will say so."""
    with suppress(Refused):
        header = open_feed(chunks, profile, zone=bank_zone()).header
        if header is not None and header.feed.isascii() and len(header.feed) <= FEED_NAME_MAX:
            return header
    return None


def _counted(pieces: Iterable[bytes], seen: Callable[[int], None]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        seen(len(piece))


def _check_header(header: FeedHeader | None, instance: JobInstance) -> None:
    if header is None:
        return
    told = (instance.kind, instance.feed, instance.business_date)
    if (header.kind, header.feed, header.business_date) != told:
        raise HeaderContradicts(
            f"the header says {header.kind}, business date {header.business_date}; the job was"
            f" given {instance.kind}, business date {instance.business_date}"
        )


def first_line(instance: JobInstance) -> bytes:
    """The file's first line, without its line end: the header of a CSV file."""
    rules = profile_named(instance.profile).csv
    block = next(blocks(_pieces_of(instance), rules.encoding if rules else "utf-8"))
    return block.data.split(b"\n", 1)[0]


def _pieces_of(instance: JobInstance) -> Iterator[bytes]:
    version = None if instance.object_version == "null" else instance.object_version
    return storage.get_sealed(
        LANDING, instance.object_key, version=version, purpose=LANDING_PURPOSE
    )
