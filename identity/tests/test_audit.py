"""The audit log in its table. The chain is shared by the whole run, so each test that harms it
puts it back."""

import json
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from aws import sessions
from aws.dynamodb import Attr, Item, Put
from aws.vault import vault
from identity import audit
from identity.chain import AuditEntry, Fault, Finding, Head
from identity.repository import (
    BLOCK_ENTRIES,
    AuditLogBroken,
    AuditRepository,
    Outrun,
    entry_from_item,
    entry_key,
    entry_to_item,
)
from identity.resources import AUDIT
from kernel.clock import utc_now
from kernel.errors import Conflict

LOG = AuditRepository()


def note(**changes: Any) -> AuditEntry:
    standing = {
        "actor": "staff:1",
        "action": "job.stopped",
        "subject": f"job:{secrets.token_hex(4)}",
    }
    return audit.record(**{**standing, **changes})


@contextmanager
def harmed(entry: AuditEntry, harm: Callable[[Item], Item | None]) -> Iterator[None]:
    """While inside, the entry's item is what `harm` makes of it (None: gone)."""
    key = entry_key(entry.sequence)
    item = LOG.get(*key, consistent=True)
    assert item
    changed = harm(dict(item))
    LOG.put({**changed, "pk": key[0], "sk": key[1]}) if changed else LOG.delete(*key)
    try:
        yield
    finally:
        LOG.put(item)


@contextmanager
def head_at(head: Head) -> Iterator[None]:
    """While inside, the log says that it ends in `head`."""
    truth = LOG.head()
    put_head(head)
    try:
        yield
    finally:
        put_head(truth)


def put_head(head: Head) -> None:
    LOG.put({"pk": "head", "sk": "head", "n": head.sequence, "h": head.digest})


def faults() -> set[tuple[int, Fault]]:
    return {(each.sequence, each.fault) for each in audit.verify_chain().findings}


class TestRecord:
    def test_appends_to_the_end(self) -> None:
        first, second = note(), note()
        assert second.sequence == first.sequence + 1
        assert second.previous == first.digest
        assert audit.head() == Head(sequence=second.sequence, digest=second.digest)

    def test_takes_the_time_that_it_is_given(self) -> None:
        at = datetime(2025, 6, 1, 12, 30, 15, 123456, tzinfo=UTC)
        entry = note(clock=lambda: at)
        stored = LOG.get(*entry_key(entry.sequence))
        assert stored
        assert entry_from_item(stored).at == at

    def test_seals_the_detail(self) -> None:
        secret = f"Mrs {secrets.token_hex(8)}"
        entry = note(detail={"looked_for": secret})
        assert audit.detail_of(entry) == {"looked_for": secret}
        raw = sessions.client("dynamodb").get_item(
            TableName=AUDIT.physical_name,
            Key=dict(zip(("pk", "sk"), wire(entry_key(entry.sequence)), strict=True)),
        )
        assert secret not in str(raw["Item"])

    def test_can_be_found_by_subject(self) -> None:
        subject = f"account:acc_{secrets.token_hex(8)}"
        entries = [note(subject=subject, detail={"n": n}) for n in range(3)]
        assert audit.entries_about(subject) == entries[::-1]
        assert audit.entries_about(subject, limit=1) == entries[2:]

    def test_seals_what_concerns_an_account_under_its_own_key(self) -> None:
        subject = f"account:acc_{secrets.token_hex(8)}"
        entry = note(subject=subject, detail={"name": "Alice"})
        opened = vault().open(subject, entry.detail, audit._place(entry.sequence))
        assert b"Alice" in opened

    def test_survives_eight_threads_at_once(self) -> None:
        subject = f"job:{secrets.token_hex(8)}"
        before = audit.head().sequence
        with ThreadPoolExecutor(8) as pool:
            entries = list(pool.map(lambda n: note(subject=subject, detail={"n": n}), range(64)))
        assert len({each.sequence for each in entries}) == 64
        assert audit.head().sequence == before + 64
        assert {audit.detail_of(each)["n"] for each in entries} == set(range(64))
        assert audit.verify_chain().intact

    def test_never_overwrites_an_entry_where_the_head_was_put_back(self) -> None:
        earlier, entry = audit.head(), note()
        with head_at(earlier), pytest.raises(AuditLogBroken):
            note()
        stored = LOG.get(*entry_key(entry.sequence), consistent=True)
        assert stored
        assert entry_from_item(stored) == entry

    def test_appends_nothing_to_a_head_that_moved_on(self) -> None:
        late = note()
        with harmed(late, lambda _item: None), pytest.raises(Conflict):
            LOG.append(late)

    def test_happens_together_with_other_writes_or_not_at_all(self) -> None:
        before = audit.head()
        beside = {"pk": f"beside-{secrets.token_hex(4)}", "sk": "x"}
        write = Put(LOG, beside, Attr("pk").not_exists())
        entry = note(together=[write])
        assert LOG.get(beside["pk"], "x", consistent=True) == beside
        with pytest.raises(Outrun):
            note(together=[write])
        assert audit.head().sequence == entry.sequence == before.sequence + 1


class TestVerifyChain:
    def test_finds_nothing_wrong_with_an_undisturbed_log(self) -> None:
        note(), note(detail={"a": 1})
        report = audit.verify_chain()
        assert report.intact
        assert report.entries == report.head.sequence

    @pytest.mark.parametrize(
        "change",
        [
            {"a": "staff:2"},
            {"v": "x"},
            {"s": "job:0"},
            {"d": b"x"},
            {"h": bytes(16)},
            {"t": "never"},
        ],
        ids=str,
    )
    def test_finds_a_changed_entry(self, change: Item) -> None:
        entry = note(detail={"a": 1})
        note()
        with harmed(entry, lambda item: {**item, **change}):
            assert (entry.sequence, Fault.CHANGED) in faults()
        assert audit.verify_chain().intact

    def test_finds_an_entry_without_an_attribute(self) -> None:
        entry = note()
        with harmed(entry, lambda item: {k: v for k, v in item.items() if k != "a"}):
            assert (entry.sequence, Fault.CHANGED) in faults()

    def test_finds_a_removed_entry(self) -> None:
        entry = note()
        note()
        with harmed(entry, lambda _item: None):
            assert faults() == {(entry.sequence, Fault.REMOVED)}

    def test_finds_the_last_entry_removed(self) -> None:
        entry = note()
        with harmed(entry, lambda _item: None):
            assert (entry.sequence, Fault.REMOVED) in faults()

    @pytest.mark.parametrize("ahead", [1, 5, BLOCK_ENTRIES])
    def test_finds_an_entry_put_after_the_end(self, ahead: int) -> None:
        last = note()
        sequence = last.sequence + ahead
        self.finds_inserted(last, entry_key(sequence), sequence)

    def test_finds_an_entry_put_beside_another(self) -> None:
        last = note()
        pk, sk = entry_key(last.sequence)
        self.finds_inserted(last, (pk, f"{sk}a"), 0)

    def finds_inserted(self, copied: AuditEntry, key: tuple[str, str], sequence: int) -> None:
        LOG.put({**entry_to_item(copied), "pk": key[0], "sk": key[1]})
        try:
            assert faults() == {(sequence, Fault.INSERTED)}
        finally:
            LOG.delete(*key)

    def test_finds_a_log_that_was_cut_off_since_its_head_was_noted(self) -> None:
        earlier = audit.head()
        entry = note()
        noted = audit.head()
        with head_at(earlier), harmed(entry, lambda _item: None):
            assert audit.verify_chain().intact  # by itself, no chain can tell
            report = audit.verify_chain(noted)
            assert report.findings == (Finding(noted.sequence, Fault.REMOVED),)

    def test_is_not_confused_by_entries_that_come_meanwhile(self) -> None:
        with ThreadPoolExecutor(2) as pool:
            writing = pool.submit(lambda: [note() for _ in range(20)])
            while not writing.done():
                assert audit.verify_chain().intact

    def test_goes_on_over_the_end_of_a_block(self) -> None:
        last_of_block = (audit.head().sequence // BLOCK_ENTRIES + 1) * BLOCK_ENTRIES - 1
        self.fill_up_to(last_of_block)
        first = note()
        assert entry_key(first.sequence)[0] != entry_key(last_of_block)[0]
        assert audit.verify_chain().intact
        with harmed(first, lambda item: {**item, "p": bytes(16)}):
            assert (first.sequence, Fault.UNLINKED) in faults()

    def fill_up_to(self, sequence: int) -> None:
        """Appends by batch what would take a second a hundred by transactions."""
        head, key, entries = audit.head(), audit._key(), []
        for number in range(head.sequence + 1, sequence + 1):
            content = AuditEntry(
                sequence=number,
                at=utc_now(),
                actor="system",
                action="test.filled",
                subject="job:0",
                detail=b"",
                previous=head.digest,
            )
            entries.append(content.signed(key))
            head = Head(sequence=number, digest=entries[-1].digest)
        LOG.batch_write(puts=[entry_to_item(each) for each in entries])
        put_head(head)


class TestVerifyAudit:
    def run(self, *arguments: str) -> str:
        out = StringIO()
        call_command("verify_audit", *arguments, stdout=out)
        return out.getvalue()

    def test_says_how_many_and_the_head(self) -> None:
        note()
        assert self.run().strip().endswith(f"entries, head {audit.head()}")

    def test_reports_as_json(self) -> None:
        note()
        report = json.loads(self.run("--json", "--noted", str(audit.head())))
        assert report["intact"] is True
        assert report["findings"] == []

    def test_fails_where_it_is_not_intact(self) -> None:
        entry = note()
        with harmed(entry, lambda item: {**item, "a": "staff:2"}), pytest.raises(CommandError):
            self.run()


class TestItems:
    def test_come_back_as_they_were(self) -> None:
        entry = note(detail={"a": 1})
        assert entry_from_item(entry_to_item(entry)) == entry


def wire(key: tuple[str, str]) -> list[dict[str, str]]:
    return [{"S": part} for part in key]
