"""The `alert-profiles` table: one item an account, sealed and compressed."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
import zstandard

from alerts.domain.profile import Profile
from alerts.resources import PROFILES
from aws.dynamodb import Attr, Item, Repository
from aws.vault import Place, vault
from txhub.public import AccountId, subject_of

_LEVEL = 1
# More than any profile: what claims to be larger was not written by us.
_PLAIN_BYTES_MAX = 4_000_000
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProfile:
    """`version` 0: nothing is stored yet. `plain`: the profile as bytes, by which an unchanged one
    is recognised."""

    account_id: AccountId
    profile: Profile = field(default_factory=Profile, repr=False)
    version: int = 0
    plain: bytes = field(default=b"", repr=False)

    def followed_by(self, profile: Profile) -> "StoredProfile":
        """What would be stored in its place; itself where nothing differs."""
        plain = _encoder.encode(profile)
        if plain == self.plain:
            return self
        return StoredProfile(
            account_id=self.account_id, profile=profile, version=self.version + 1, plain=plain
        )


class ProfileRepository(Repository):
    """Profiles, by account.

    pk       what
    acc_…    the account's profile
    """

    table = PROFILES

    def find_many(self, account_ids: Iterable[AccountId]) -> dict[AccountId, StoredProfile]:
        """A profile for each account; an empty one where none is stored."""
        wanted = list(account_ids)
        items = self.batch_get([(each, None) for each in wanted], consistent=True)
        found = {AccountId(item["pk"]): profile_from_item(item) for item in items}
        return {each: found.get(each) or StoredProfile(account_id=each) for each in wanted}

    def replace(self, before: StoredProfile, after: StoredProfile) -> None:
        """Raises `Conflict` where somebody else has changed it since `before`."""
        never_stored = Attr("pk").not_exists()
        unchanged = Attr("n").eq(before.version)
        condition = unchanged if before.version else never_stored
        self.put(profile_to_item(after), condition=condition)


def profile_to_item(stored: StoredProfile) -> Item:
    packed = _tools.compressor.compress(stored.plain)
    key = vault().key(subject_of(stored.account_id))
    return {
        "pk": stored.account_id,
        "z": key.seal(packed, _place(stored.account_id)),
        "n": stored.version,
    }


def profile_from_item(item: Item) -> StoredProfile:
    """Raises `Tampered`, `KeyDestroyed`."""
    account_id = AccountId(item["pk"])
    packed = vault().key(subject_of(account_id), create=False).open(item["z"], _place(account_id))
    plain = _tools.decompressor.decompress(packed, max_output_size=_PLAIN_BYTES_MAX)
    return StoredProfile(
        account_id=account_id, profile=_decoder.decode(plain), version=item["n"], plain=plain
    )


class _Tools(threading.local):
    """Of one thread each: two threads must not share them."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_tools = _Tools()


def _place(account_id: str) -> Place:
    return Place(table="alert-profiles", key=account_id, attribute="z")


PROFILE_REPOSITORY = ProfileRepository()
