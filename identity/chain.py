"""The audit log as a chain of entries, each sealed with a key and bound to the one before.

A digest is an HMAC, so that whoever can write to the table, but cannot use the vault, can neither
change an entry nor build a chain of their own. What no chain can show by itself is the loss of its
end together with an older head put back: for that, note a head elsewhere and verify against it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from kernel.ids import keyed_digest

GENESIS = bytes(16)  # what the first entry names as the one before


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last entry of the chain; sequence 0 is the empty chain."""

    sequence: int = 0
    digest: bytes = GENESIS

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest.hex()}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Reads what `str` writes. Raises `ValueError`."""
        sequence, _, digest = text.partition(":")
        if len(digest) != 2 * len(GENESIS):
            raise ValueError("a head is SEQUENCE:DIGEST, the digest in 32 hexadecimal digits")
        return cls(sequence=int(sequence), digest=bytes.fromhex(digest))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act. `actor` did `action` to `subject`; `detail` is sealed, empty where there is none."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: bytes = field(repr=False)
    previous: bytes
    digest: bytes = b""

    def signed(self, key: bytes) -> "AuditEntry":
        return replace(self, digest=self.expected_digest(key))

    def expected_digest(self, key: bytes) -> bytes:
        """The digest over every field but itself, each with its length, under `key`."""
        return keyed_digest(
            key,
            str(self.sequence),
            self.at.isoformat(),
            self.actor,
            self.action,
            self.subject,
            self.detail.hex(),
            self.previous.hex(),
        )


class Fault(StrEnum):
    """What can be wrong with a chain."""

    CHANGED = "changed"  # its digest is not that of its content
    REMOVED = "removed"  # no entry has this sequence
    INSERTED = "inserted"  # an entry that the chain does not lead to
    UNLINKED = "unlinked"  # it names another entry as the one before
    HEAD = "head"  # the head, or the one noted elsewhere, is not the entry of its sequence


@dataclass(frozen=True, slots=True)
class Finding:
    sequence: int
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What `verify_chain` found: `entries` were read, the chain ends in `head`."""

    entries: int
    head: Head
    findings: tuple[Finding, ...]

    @property
    def intact(self) -> bool:
        return not self.findings


@dataclass(slots=True)
class Walk:
    """Judges a chain, entry by entry in order of their sequences.

    `noted`: a head that somebody wrote down earlier; the chain must still contain it.
    """

    key: bytes
    noted: Head | None = None
    last: Head = field(default_factory=Head)
    entries: int = 0
    findings: list[Finding] = field(default_factory=list)

    def step(self, sequence: int, entry: AuditEntry | None) -> None:
        """What is stored under the next sequence; None for nothing."""
        if entry is None:
            self.found(sequence, Fault.REMOVED)
            self.last = Head(sequence=sequence, digest=b"")
            return
        self.entries += 1
        if entry.sequence != sequence or entry.digest != entry.expected_digest(self.key):
            self.found(sequence, Fault.CHANGED)
        # After a gap there is nothing to compare with, and the gap is said already.
        if self.last.digest and entry.previous != self.last.digest:
            self.found(sequence, Fault.UNLINKED)
        self.last = Head(sequence=sequence, digest=entry.digest)
        if self.noted and self.noted.sequence == sequence and self.noted != self.last:
            self.found(sequence, Fault.HEAD)

    def found(self, sequence: int, fault: Fault) -> None:
        self.findings.append(Finding(sequence, fault))

    def report(self, head: Head) -> ChainReport:
        """The chain ends here, and `head` is what the table says it ends in."""
        if head != self.last:
            self.found(head.sequence, Fault.HEAD)
        if self.noted and self.noted.sequence > self.last.sequence:
            self.found(self.noted.sequence, Fault.REMOVED)
        return ChainReport(entries=self.entries, head=head, findings=tuple(self.findings))
