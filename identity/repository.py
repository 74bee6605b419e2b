"""The tables of audit log, proposals and devices: entity to item and back, in named functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aws.dynamodb import Attr, Change, Item, Put, Repository, Update, transact
from aws.dynamodb.transactions import Action
from identity.chain import AuditEntry, Head
from identity.proposals import OPEN, Approval, Proposal
from identity.resources import APPROVALS, AUDIT, DEVICES
from kernel.errors import Conflict, Unavailable

_HEAD = ("head", "head")
_SEQUENCE_DIGITS = 12
# Entries in one partition: a block is read in one or two pages, and stays small for ever.
BLOCK_ENTRIES = 1000
_OPEN_PARTITION = "open"


class Outrun(Conflict):
    """What was to happen together with an audit entry cannot: somebody else was faster."""


class AuditLogBroken(Unavailable):
    """The audit log's head is behind its entries; nothing is recorded: run `verify_audit`."""

    code = "audit_log_broken"


class AuditRepository(Repository):
    """Entries in blocks of a thousand, and one item that names the last of them."""

    table = AUDIT

    def head(self) -> Head:
        """The last entry, by a consistent read."""
        item = self.get(*_HEAD, consistent=True)
        return Head(sequence=item["n"], digest=item["h"]) if item else Head()

    def append(self, entry: AuditEntry, together: Sequence[Action] = ()) -> None:
        """Writes the entry, moves the head to it, and does `together`: all or nothing.

        Raises `Outrun` where a condition of `together` fails, `Conflict` where the head moved on,
        and `AuditLogBroken` where an entry stands after the head: it is never overwritten.
        """
        last = entry.sequence - 1
        is_last = Attr("n").eq(last) & Attr("h").eq(entry.previous)
        is_first = Attr("pk").not_exists()
        nothing_there = Attr("pk").not_exists()
        moved = Update(set={"n": entry.sequence, "h": entry.digest})
        ours: list[Action] = [
            Put(self, entry_to_item(entry), nothing_there),
            Change(self, *_HEAD, moved, is_last if last else is_first),
        ]
        try:
            transact([*ours, *together])
        except Conflict as conflict:
            entry_there, head_moved, *losers = (each is not False for each in conflict.stored)
            if any(losers):
                raise Outrun(stored=conflict.stored[len(ours) :]) from conflict
            if entry_there and not head_moved:
                raise AuditLogBroken from conflict
            raise

    def block(self, number: int) -> dict[str, Item]:
        """The items of one block by their sort keys, by consistent reads."""
        items = self.query_all(_block_key(number), consistent=True)
        return {item["sk"]: item for item in items}

    def of_subject(self, subject: str, limit: int) -> list[AuditEntry]:
        """The newest entries about a subject, newest first; the last second may be missing."""
        page = self.query(subject, index="by_subject", descending=True, limit=limit)
        return [entry_from_item(item) for item in page.items]


def entry_key(sequence: int) -> tuple[str, str]:
    return _block_key(sequence // BLOCK_ENTRIES), f"{sequence:0{_SEQUENCE_DIGITS}}"


def entry_to_item(entry: AuditEntry) -> Item:
    pk, sk = entry_key(entry.sequence)
    return {
        "pk": pk,
        "sk": sk,
        "t": entry.at.isoformat(),
        "a": entry.actor,
        "v": entry.action,
        "s": entry.subject,
        "d": entry.detail,
        "p": entry.previous,
        "h": entry.digest,
    }


def entry_from_item(item: Item) -> AuditEntry:
    """Raises `KeyError` or `ValueError` for an item that is no entry."""
    return AuditEntry(
        sequence=int(item["sk"]),
        at=datetime.fromisoformat(item["t"]),
        actor=item["a"],
        action=item["v"],
        subject=item["s"],
        detail=item["d"],
        previous=item["p"],
        digest=item["h"],
    )


class ProposalRepository(Repository):
    """Proposals by id; those that wait for somebody are listed by an index."""

    table = APPROVALS

    def added(self, proposal: Proposal) -> Put:
        """The write of a new proposal, for a transaction."""
        return Put(self, proposal_to_item(proposal), Attr("pk").not_exists())

    def find(self, proposal_id: str) -> Proposal | None:
        item = self.get(proposal_id, consistent=True)
        return proposal_from_item(item) if item else None

    def open(self) -> Iterator[Proposal]:
        """Proposals that are neither done with nor rejected, oldest first, from the index."""
        items = self.query_all(_OPEN_PARTITION, index="open")
        return map(proposal_from_item, items)

    def replaced(self, old: Proposal, new: Proposal) -> Put:
        """The write of `new` where `old` still stands, for a transaction."""
        same_status = Attr("st").eq(old.status.value)
        same_run = Attr("r").eq(old.runs)
        return Put(self, proposal_to_item(new), same_status & same_run)


def proposal_to_item(proposal: Proposal) -> Item:
    item: dict[str, Any] = {
        "pk": proposal.proposal_id,
        "k": proposal.kind,
        "s": proposal.subject,
        "st": proposal.status.value,
        "z": proposal.payload,
        "b": proposal.proposed_by,
        "t": proposal.proposed_at.isoformat(),
        "d": proposal.decided_by,
        "dt": _text(proposal.decided_at),
        "r": proposal.runs,
        "l": _text(proposal.lease_expires),
        "e": proposal.failure,
    }
    if proposal.status in OPEN:
        item["o"] = _OPEN_PARTITION
    return item


def proposal_from_item(item: Item) -> Proposal:
    return Proposal(
        proposal_id=item["pk"],
        kind=item["k"],
        subject=item["s"],
        status=Approval(item["st"]),
        payload=item["z"],
        proposed_by=item["b"],
        proposed_at=datetime.fromisoformat(item["t"]),
        decided_by=item["d"],
        decided_at=_time(item["dt"]),
        runs=item["r"],
        lease_expires=_time(item["l"]),
        failure=item["e"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDevice:
    """A device as it is kept: `secret_hash` in the place of its token's secret."""

    device_id: str
    name: str
    secret_hash: bytes
    created_at: datetime
    disabled_at: datetime | None = None


class DeviceRepository(Repository):
    """Devices by id."""

    table = DEVICES

    def add(self, device: StoredDevice) -> None:
        self.put(device_to_item(device), condition=Attr("pk").not_exists())

    def find(self, device_id: str) -> StoredDevice | None:
        item = self.get(device_id, consistent=True)
        return device_from_item(item) if item else None

    def disable(self, device_id: str, now: datetime) -> None:
        """Raises `Conflict` where there is no such device."""
        exists = Attr("pk").exists()
        self.update(device_id, None, Update(set={"dt": now.isoformat()}), condition=exists)


def device_to_item(device: StoredDevice) -> Item:
    return {
        "pk": device.device_id,
        "n": device.name,
        "h": device.secret_hash,
        "t": device.created_at.isoformat(),
        "dt": _text(device.disabled_at),
    }


def device_from_item(item: Item) -> StoredDevice:
    return StoredDevice(
        device_id=item["pk"],
        name=item["n"],
        secret_hash=item["h"],
        created_at=datetime.fromisoformat(item["t"]),
        disabled_at=_time(item["dt"]),
    )


DEVICE_REPOSITORY = DeviceRepository()


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _block_key(number: int) -> str:
    return f"block#{number}"
