"""The chain by itself: no table, no vault."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from identity.chain import AuditEntry, Fault, Finding, Head, Walk

KEY = bytes(range(32))
AT = datetime(2025, 6, 1, 12, tzinfo=UTC)


def chain(length: int, key: bytes = KEY) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    previous = Head().digest
    for sequence in range(1, length + 1):
        content = AuditEntry(
            sequence=sequence,
            at=AT,
            actor="staff:1",
            action="job.stopped",
            subject=f"job:{sequence}",
            detail=b"",
            previous=previous,
        )
        entries.append(content.signed(key))
        previous = entries[-1].digest
    return entries


def findings(entries: list[AuditEntry | None], noted: Head | None = None) -> set[Finding]:
    walk = Walk(key=KEY, noted=noted)
    for sequence, entry in enumerate(entries, start=1):
        walk.step(sequence, entry)
    return set(walk.report(walk.last).findings)


class TestWalk:
    def test_finds_nothing_in_a_whole_chain(self) -> None:
        assert findings([*chain(5)]) == set()

    @pytest.mark.parametrize(
        "change",
        [
            {"actor": "staff:2"},
            {"action": "job.started"},
            {"subject": "job:99"},
            {"detail": b"x"},
            {"at": AT.replace(second=1)},
            {"sequence": 4},
            {"digest": bytes(16)},
        ],
        ids=str,
    )
    def test_finds_a_changed_field(self, change: dict[str, object]) -> None:
        entries: list[AuditEntry | None] = [*chain(5)]
        entries[2] = replace(chain(5)[2], **change)  # type: ignore[arg-type]
        assert Finding(3, Fault.CHANGED) in findings(entries)

    def test_finds_a_removed_entry(self) -> None:
        entries: list[AuditEntry | None] = [*chain(5)]
        entries[2] = None
        assert findings(entries) == {Finding(3, Fault.REMOVED)}

    def test_finds_a_chain_built_without_the_key(self) -> None:
        assert Finding(1, Fault.CHANGED) in findings([*chain(2, key=bytes(32))])

    def test_finds_an_entry_that_follows_another_past(self) -> None:
        forked = replace(chain(3)[2], previous=bytes(16)).signed(KEY)
        assert findings([*chain(2), forked]) == {Finding(3, Fault.UNLINKED)}

    def test_finds_that_a_noted_end_was_cut_off(self) -> None:
        last = chain(5)[4]
        noted = Head(sequence=5, digest=last.digest)
        assert findings([*chain(5)], noted) == set()
        assert findings([*chain(4)], noted) == {Finding(5, Fault.REMOVED)}

    def test_finds_that_a_noted_entry_was_rewritten(self) -> None:
        noted = Head(sequence=2, digest=bytes(16))
        assert findings([*chain(3)], noted) == {Finding(2, Fault.HEAD)}

    def test_finds_a_head_that_names_another_end(self) -> None:
        walk = Walk(key=KEY)
        for entry in chain(3):
            walk.step(entry.sequence, entry)
        report = walk.report(Head(sequence=3, digest=bytes(16)))
        assert report.findings == (Finding(3, Fault.HEAD),)


class TestHead:
    def test_reads_what_it_writes(self) -> None:
        head = Head(sequence=12, digest=bytes(range(16)))
        assert Head.parse(str(head)) == head

    @pytest.mark.parametrize("text", ["", "12", "1:00", f"x:{'0' * 32}", f"1:{'x' * 32}"])
    def test_refuses_anything_else(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"head|int|hex"):
            Head.parse(text)
