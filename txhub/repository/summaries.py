"""The `summaries` table: what parts of accounts add up to, and the digests of what chunks wrote.

Amounts are sealed under the account's key (`z`); digests stand in the clear, since they are keyed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from aws.dynamodb import Attr, Change, Item, Key, Put, Repository, Update
from aws.vault import Place, vault
from txhub.domain.digests import LEAF_BYTES, NOTHING, Digest
from txhub.domain.entities import AccountId
from txhub.domain.entries import Kind
from txhub.domain.ledger import PENDING_VOLUME
from txhub.domain.sources import MESSAGES
from txhub.domain.summaries import Part, Purpose, Spending, Summary
from txhub.repository.sealing import subject_of
from txhub.resources import SUMMARIES

_NODE = "-"  # the sort key of a writer's digest
_HALF_BITS = 64
_HALF = (1 << _HALF_BITS) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A summary as it stands, unopened. `version` counts its writes; 0: there is none yet."""

    sealed: bytes = b""
    digests: Mapping[str, Digest] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What an account spent in a month, or in a part of one."""

    name: str  # `2026-05`
    spending: tuple[Spending, ...]


class SummaryRepository(Repository):
    """Summaries by account, and one digest for each writer over all accounts.

    pk             sk          what
    acc_…          2026-05     a part of the account
    acc_…          P           its pending entries
    W#<writer>     -           of all rows that a chunk, or a re-driven row, wrote: the digest

    The parts' digests and the writers' are written in one transaction, so a writer's is always the
    sum of the parts'.
    """

    table = SUMMARIES

    def standing(self, parts: Iterable[Part]) -> dict[Part, Standing]:
        """How each of them stands, read consistently. No key is needed to see it."""
        keys = {(part.account_id, part.name): part for part in parts}
        items = self.batch_get(sorted(keys), consistent=True)
        found = {keys[item["pk"], item["sk"]]: standing_from_item(item) for item in items}
        return {part: found.get(part) or Standing() for part in keys.values()}

    def names_of(self, account_id: AccountId) -> list[str]:
        """Of the account's parts that have a summary."""
        return [item["sk"] for item in self.query_all(account_id, consistent=True)]

    def months(self, account_id: AccountId, first: str, last: str) -> Iterator[Month]:
        """The spending of the months from `first` (`2025-12`) to `last`, oldest first. A busy
        account's month comes in several pieces."""
        between = Key("sk").between(first, f"{last}~")
        for item in self.query_all(account_id, sort=between):
            spending = spending_from_item(item)
            yield Month(name=item["sk"][: len(first)], spending=spending)

    def latest_month(self, account_id: AccountId) -> str | None:
        """The last month that has a summary."""
        page = self.query(account_id, sort=Key("sk").lt(PENDING_VOLUME), descending=True, limit=1)
        return page.items[0]["sk"][: len("2026-05")] if page.items else None

    def digests_of(self, writers: Iterable[str]) -> dict[str, Digest]:
        """Of each writer, over all accounts. Who wrote nothing is not in it."""
        items = self.batch_get([(_node(each), _NODE) for each in writers])
        return {item["pk"].partition("#")[2]: node_from_item(item) for item in items}

    def saving(self, summary: Summary, before: Standing) -> Put | None:
        """The write of the next version, which fails where another stands than `before`; None where
        that says the same."""
        item = summary_to_item(summary, before.version + 1)
        if before.version and before == replace(standing_from_item(item), version=before.version):
            return None
        first = Attr("pk").not_exists()
        unchanged = Attr("n").eq(before.version)
        return Put(self, item, unchanged if before.version else first)

    def adding(self, writer: str, digest: Digest) -> Change:
        """The write that adds to a writer's digest."""
        high, low = digest.total >> _HALF_BITS, digest.total & _HALF
        added = {"c": digest.count, "h": high, "l": low}
        return Change(self, _node(writer), _NODE, Update(add=added))


def has_node(writer: str) -> bool:
    """Messages have none: nothing says what all of them should add up to."""
    return writer != MESSAGES


def summary_to_item(summary: Summary, version: int) -> Item:
    part = summary.part
    place = _place(part.account_id, part.name)
    return {
        "pk": part.account_id,
        "sk": part.name,
        "z": vault().seal(subject_of(part.account_id), _plain(summary.spending), place),
        "d": {writer: _packed(digest) for writer, digest in sorted(summary.digests.items())},
        "n": version,
    }


def spending_from_item(item: Item) -> tuple[Spending, ...]:
    """Raises `Tampered` where the item is not as we wrote it."""
    account_id = item["pk"]
    plain = vault().open(subject_of(account_id), item["z"], _place(account_id, item["sk"]))
    return tuple(map(_spending, orjson.loads(plain)))


def standing_from_item(item: Item) -> Standing:
    digests = {writer: _unpacked(raw) for writer, raw in item["d"].items()}
    return Standing(sealed=item["z"], digests=digests, version=item["n"])


def node_from_item(item: Item) -> Digest:
    """The halves are sums by themselves: DynamoDB's numbers have 38 digits and do not wrap."""
    total = (item["h"] << _HALF_BITS) + item["l"]
    return NOTHING + Digest(item["c"], total)


def _plain(spending: Iterable[Spending]) -> bytes:
    return orjson.dumps(
        [
            [
                each.purpose.category,
                each.purpose.kind,
                each.currency,
                each.spent,
                each.received,
                each.count,
            ]
            for each in spending
        ]
    )


def _spending(row: list[Any]) -> Spending:
    category, kind, currency, spent, received, count = row
    return Spending(
        purpose=Purpose(category=category, kind=Kind(kind) if kind else None),
        currency=currency,
        spent=spent,
        received=received,
        count=count,
    )


def _packed(digest: Digest) -> bytes:
    return digest.total.to_bytes(LEAF_BYTES, "big") + digest.count.to_bytes(4, "big")


def _unpacked(raw: bytes) -> Digest:
    return Digest(int.from_bytes(raw[LEAF_BYTES:], "big"), int.from_bytes(raw[:LEAF_BYTES], "big"))


def _node(writer: str) -> str:
    return f"W#{writer}"


def _place(account_id: str, name: str) -> Place:
    return Place(table="summaries", key=f"{account_id}|{name}", attribute="z")


SUMMARY_REPOSITORY = SummaryRepository()
