"""A generated bank, brought in and stated: every sum is its own ledger's."""

import secrets
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from txhub.domain.entries import Entry
from txhub.feeds.generator.booking import book
from txhub.feeds.generator.catalogue import CITIES
from txhub.feeds.generator.lives import live
from txhub.feeds.generator.people import households
from txhub.feeds.rows import FeedKind
from txhub.statements.services import issue_due
from txhub.tests.batch.files import hub_file
from txhub.tests.batch.here import ingest
from txhub.tests.statements.ledger import account_of, check, ledger_of

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, UNTIL = date(2026, 1, 1), date(2026, 6, 30)
_KINDS = (FeedKind.HISTORICAL, FeedKind.DAILY)


def generated_bank(folder: Path) -> list[Path]:
    """Its historical and its daily file; nobody else has its accounts."""
    feed, entries = f"bank{secrets.token_hex(4)}", dict[FeedKind, list[Entry]]()
    for household in households(4, 5, CITIES):
        for sent in book(live(household, FIRST, UNTIL), UNTIL):
            own = replace(sent.entry, account=f"{feed}-{sent.entry.account}")
            entries.setdefault(sent.kind, []).append(own)
    return [
        hub_file(folder, entries[kind], kind=kind, feed=feed, name=f"{kind}.hub") for kind in _KINDS
    ]


class TestEveryAccountAndMonth:
    def test_agrees_with_the_ledger(self, tmp_path: Path) -> None:
        files = generated_bank(tmp_path)
        for kind, path in zip(_KINDS, files, strict=True):
            ingest(path, kind=kind, profile="hub", business_date=date(2026, 1, 20))
        expected = ledger_of(files)
        for number in expected:
            assert issue_due(account_of(number), UNTIL, source="test").held is None
        checked = check(expected)
        assert checked.accounts == len(expected) >= 8
        assert checked.statements >= 5 * checked.accounts
        assert checked.faults == 0
        assert checked.lines == sum(
            month.count for months in expected.values() for month in months.values()
        )
        month = next(iter(next(iter(expected.values())).values()))
        month.money_out -= 1
        month.balance -= 1
        assert check(expected).faults == 2  # it would show
