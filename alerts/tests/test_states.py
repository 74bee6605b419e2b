"""Where alerts and replays stand, as their charts draw it."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from alerts.domain import alerts, replays
from alerts.domain.alerts import Alert, AlertId, AlertStatus
from alerts.domain.replays import ReplayStatus
from alerts.repository.replays import REPLAY_REPOSITORY
from alerts.rules import rule_named
from alerts.services import time_machine
from alerts.tests.bank import Bank
from txhub.domain.entities import AccountId, CustomerId, TransactionId

NOW = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
NEW = Alert(
    alert_id=AlertId("alr_x"),
    customer_id=CustomerId("alice"),
    account_id=AccountId("acc_x"),
    kind="large_purchase",
    reason="You paid a lot.",
    transaction_ids=(TransactionId("txn_x"),),
    created_at=NOW,
)
STANDING = {
    AlertStatus.NEW: NEW,
    AlertStatus.READ: NEW.marked(NOW, read=True),
    AlertStatus.TAKEN_BACK: replace(NEW, stands=False),
}


def drawn(name: str) -> set[tuple[str, str]]:
    chart = Path(settings.BASE_DIR, f"docs/states/{name}.md").read_text()
    return set(re.findall(r"^\s+(\w+) --> (\w+)", chart, re.MULTILINE))


def after(alert: Alert) -> Iterable[Alert | None]:
    """What readers, and later decisions, make of it."""
    for read in (True, False):
        if alert.is_listed:
            yield alert.marked(NOW, read=read)
    for stands in (True, False):
        yield alert.decided_anew(replace(alert, stands=stands, decided=alert.decided + 1))


class TestAnAlert:
    def test_is_drawn_as_it_moves(self) -> None:
        moves = alerts.NEXT.items()
        assert drawn("alert") == {(old.value, new.value) for old, all in moves for new in all}

    @pytest.mark.parametrize("status", AlertStatus)
    def test_moves_as_it_is_drawn(self, status: AlertStatus) -> None:
        standing = STANDING[status]
        assert standing.status is status
        reached = {each.status for each in after(standing) if each} - {status}
        if status is AlertStatus.TAKEN_BACK:
            had_been_read = replace(standing, read_at=NOW)
            reached |= {each.status for each in after(had_been_read) if each} - {status}
        assert reached == alerts.NEXT[status]

    def test_is_not_moved_by_an_older_decision(self) -> None:
        decided = replace(NEW, decided=3)
        assert decided.decided_anew(replace(NEW, stands=False, decided=3)) is None


class TestAReplay:
    def test_is_drawn_as_it_moves(self) -> None:
        moves = replays.NEXT.items()
        assert drawn("replay") == {(old.value, new.value) for old, all in moves for new in all}

    def test_that_is_done_stays_as_it_is(self, bank: Bank) -> None:
        asked = time_machine.ask(rule_named("large_purchase"), 0, 30, "staff:1", clock=bank.clock)
        assert asked.status is ReplayStatus.WAITING
        done = replace(asked, status=ReplayStatus.DONE, accounts=7)
        REPLAY_REPOSITORY.save(done)
        assert time_machine.run(asked.rule, asked.replay_id) == done
