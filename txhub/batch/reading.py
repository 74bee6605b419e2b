"""Opens a landed file as a feed, and holds its header against what the job was told it is."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from io import BytesIO
from itertools import islice
from zoneinfo import ZoneInfo

from django.conf import settings

from aws import storage
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


def open_landed(instance: JobInstance, *, seen: Callable[[int], None] = lambda _size: None) -> Feed:
    """The job's file, from the archive. `seen` hears how many of its bytes were read.

    Raises `HeaderContradicts`, what `txhub.feeds` raises, `ObjectMissing`, and `Tampered`.
    """
    profile = profile_named(instance.profile)
    latest = latest_day_of(instance)
    feed = open_feed(_counted(_pieces_of(instance), seen), profile, zone=bank_zone(), latest=latest)
    _check_header(feed.header, instance)
    return feed


def latest_day_of(instance: JobInstance) -> date:
    """The last day that a row may be dated. By the day the file came in, so that whoever reads it
    again, years later, judges its rows alike."""
    return latest_day(instance.business_date, instance.landed_at.astimezone(bank_zone()).date())


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
    told = (instance.feed, instance.kind, instance.business_date)
    said = (header.feed[:FEED_NAME_MAX], header.kind, header.business_date)
    if said != told:
        raise HeaderContradicts(
            f"the header says {_words(said)}; the job was given {_words(told)}: give it as the"
            " header has it, or have the file corrected"
        )


def _words(facts: tuple[object, ...]) -> str:
    return ", ".join(map(str, facts))


def first_line(instance: JobInstance) -> bytes:
    """The file's first line, without its line end: the header of a CSV file."""
    return lines_from(instance, 1, 1).removesuffix(b"\n")


def lines_from(instance: JobInstance, first: int, number: int) -> bytes:
    """`number` lines of the file as they stand there, from the line `first` on. As with every
    full card number: what is read here is not to be kept."""
    encoding = encoding_of(profile_named(instance.profile))
    lines = (
        line for block in blocks(_pieces_of(instance), encoding) for line in BytesIO(block.data)
    )
    return b"".join(islice(lines, first - 1, first - 1 + number))


def encoding_of(profile: Profile) -> str:
    return profile.csv.encoding if profile.csv else "utf-8"


def _pieces_of(instance: JobInstance) -> Iterator[bytes]:
    version = None if instance.object_version == "null" else instance.object_version
    return storage.get_sealed(
        LANDING, instance.object_key, version=version, purpose=LANDING_PURPOSE
    )
