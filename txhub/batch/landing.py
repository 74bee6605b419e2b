"""The landing bucket: how a file gets there, and what is made of what others put there.

    landed/<day>/<profile>/<id>                         sealed by us; metadata says what it is
    incoming/<profile>/<kind>/<business date>/<name>    put by another system
    refused/<id>                                        moved aside; `RefusedObject` says why

The bucket is the archive as well: `reconcile` reads a file again years later.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from aws import storage
from aws.storage import ObjectExists, ObjectInfo
from aws.vault import is_sealed
from kernel.clock import Clock, utc_now
from kernel.errors import HubError, Refused
from kernel.ids import random_id
from txhub.batch.models import RefusedObject
from txhub.batch.reading import LANDING_PURPOSE, peek
from txhub.feeds.profile import Profile
from txhub.feeds.profiles import profile_named
from txhub.feeds.rows import FeedKind
from txhub.resources import LANDING

OURS, INCOMING, ASIDE = "landed/", "incoming/", "refused/"
_PIECE_BYTES = 256 * 1024
_KMS = ("aws:kms", "aws:kms:dsse")


class NotDescribed(Refused):
    """Nothing says what this is: put it under incoming/<profile>/<kind>/<business date>/."""

    code = "object_not_described"


class NotEncrypted(Refused):
    """The object is neither sealed nor encrypted with SSE-KMS."""

    code = "object_not_encrypted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a landed object is; travels as its metadata."""

    kind: FeedKind
    profile: str
    feed: str
    business_date: date
    create_accounts: bool = False

    def as_metadata(self) -> dict[str, str]:
        return {
            "kind": self.kind.value,
            "profile": self.profile,
            "feed": self.feed,
            "business-date": self.business_date.isoformat(),
            "create-accounts": "yes" if self.create_accounts else "no",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """An object that can become a job."""

    key: str
    version: str
    size: int
    description: Description


def land(
    path: Path,
    *,
    kind: FeedKind,
    profile: str,
    business_date: date | None,
    create_accounts: bool = False,
    clock: Clock = utc_now,
) -> Landed:
    """Puts a file (plain or .gz) into the landing bucket, sealed while it is read.

    `business_date` None: the header's, or today. Raises `ProfileMissing`, `OSError`.
    """
    rules = profile_named(profile)
    description = _describe(rules, kind, business_date, create_accounts, _pieces(path), clock)
    key = f"{OURS}{clock():%Y-%m-%d}/{profile}/{random_id('obj')}"
    version = _put(key, _pieces(path), description)
    return Landed(key=key, version=version, size=path.stat().st_size, description=description)


def receive(key: str, version: str | None, *, clock: Clock = utc_now) -> Landed | None:
    """Makes of an object that has appeared what can become a job; safe to repeat.

    None: it is no file for us, or was refused and moved aside.
    """
    if key.startswith(ASIDE):
        return None
    try:
        info = storage.head(LANDING, key, version)
    except storage.ObjectMissing:
        return None  # dealt with already
    try:
        return _received(info, clock)
    except Refused as refusal:
        _move_aside(info, refusal, clock)
        return None


def unreceived(days: Iterable[date]) -> Iterator[str]:
    """Keys of objects that landed on these days, and of all that others have put."""
    for prefix in (INCOMING, *(f"{OURS}{day.isoformat()}/" for day in days)):
        for info in storage.list_objects(LANDING, prefix):
            yield info.key


def _received(info: ObjectInfo, clock: Clock) -> Landed:
    if _is_sealed(info):
        description = _from_metadata(info.metadata) or _from_layout(info, None, clock)
        return _landed(info, description)
    if info.encryption not in _KMS:
        raise NotEncrypted
    described = _from_metadata(info.metadata)
    pieces = storage.get_stream(LANDING, info.key, version=info.version)
    return _seal(info, described or _from_layout(info, pieces, clock))


def _seal(info: ObjectInfo, description: Description) -> Landed:
    """Its sealed copy takes its place. The copy's key follows from the original's."""
    name = _digest(info)
    key = f"{OURS}{info.modified:%Y-%m-%d}/{description.profile}/{name}"
    pieces = storage.get_stream(LANDING, info.key, version=info.version)
    with suppress(ObjectExists):
        _put(key, pieces, description, if_none_match=True)
    sealed = storage.head(LANDING, key)
    storage.delete(LANDING, info.key, info.version)
    return _landed(sealed, description)


def _move_aside(info: ObjectInfo, refusal: Refused, clock: Clock) -> None:
    moved_to = f"{ASIDE}{_digest(info)}"
    pieces = storage.get_stream(LANDING, info.key, version=info.version)
    with suppress(ObjectExists):
        storage.put_sealed(
            LANDING,
            moved_to,
            pieces,
            subject="feed:refused",
            purpose="refused",
            metadata={"code": refusal.code},
            if_none_match=True,
        )
    RefusedObject.objects.get_or_create(
        moved_to=moved_to,
        defaults={"code": refusal.code, "reason": refusal.message, "at": clock()},
    )
    storage.delete(LANDING, info.key, info.version)


def _put(
    key: str, pieces: Iterable[bytes], description: Description, *, if_none_match: bool = False
) -> str:
    return storage.put_sealed(
        LANDING,
        key,
        pieces,
        subject=f"feed:{description.feed}",
        purpose=LANDING_PURPOSE,
        metadata=description.as_metadata(),
        if_none_match=if_none_match,
    )


def _describe(
    profile: Profile,
    kind: FeedKind,
    business_date: date | None,
    create_accounts: bool,
    pieces: Iterable[bytes] | None,
    clock: Clock,
) -> Description:
    header = peek(pieces, profile) if pieces is not None else None
    return Description(
        kind=kind,
        profile=profile.name,
        feed=header.feed if header else profile.name,
        business_date=business_date or (header.business_date if header else clock().date()),
        create_accounts=create_accounts,
    )


def _from_metadata(metadata: Mapping[str, str]) -> Description | None:
    try:
        return Description(
            kind=FeedKind(metadata["kind"]),
            profile=profile_named(metadata["profile"]).name,
            feed=metadata.get("feed") or metadata["profile"],
            business_date=date.fromisoformat(metadata["business-date"]),
            create_accounts=metadata.get("create-accounts") == "yes",
        )
    except (KeyError, ValueError, HubError):
        return None


def _from_layout(info: ObjectInfo, pieces: Iterable[bytes] | None, clock: Clock) -> Description:
    try:
        folder, profile, kind, day, _name = info.key.split("/", 4)
        if f"{folder}/" != INCOMING:
            raise NotDescribed
        rules, business_date = profile_named(profile), date.fromisoformat(day)
        return _describe(rules, FeedKind(kind), business_date, False, pieces, clock)
    except (ValueError, HubError):
        raise NotDescribed from None


def _landed(info: ObjectInfo, description: Description) -> Landed:
    version = info.version or "null"
    return Landed(key=info.key, version=version, size=info.size, description=description)


def _is_sealed(info: ObjectInfo) -> bool:
    return is_sealed(next(storage.get_stream(LANDING, info.key, version=info.version), b""))


def _digest(info: ObjectInfo) -> str:
    return hashlib.sha256(f"{info.key}@{info.version}".encode()).hexdigest()[:32]


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece
