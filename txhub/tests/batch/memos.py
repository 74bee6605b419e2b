"""A bank's memo files for the tests, and what is pending after them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from secrets import token_hex
from typing import Any

from aws.vault import vault
from txhub.batch.models import JobInstance
from txhub.domain.entries import Entry, Status
from txhub.domain.ledger import PENDING_VOLUME
from txhub.domain.naming import account_id
from txhub.feeds.rows import Coverage, FeedKind
from txhub.repository import TRANSACTION_REPOSITORY
from txhub.repository.transactions import stored_from_item
from txhub.tests.batch.files import hub_file
from txhub.tests.batch.here import landed_job, run

DAY = date(2026, 1, 20)


@dataclass(frozen=True)
class Bank:
    """A sender of memo files. An entry is called `ALICE/coffee`: its account, and its id."""

    folder: Path
    feed: str = field(default_factory=lambda: f"core-{token_hex(5)}")
    tag: str = field(default_factory=lambda: token_hex(4))

    def full(self, sequence: int, *names: str, **options: Any) -> dict[str, Any]:
        """Brings in a full memo file; its report."""
        return run(self.job(sequence, names, Coverage.FULL, **options))

    def delta(self, sequence: int, *names: str, **options: Any) -> dict[str, Any]:
        return run(self.job(sequence, names, Coverage.DELTA, **options))

    def job(
        self,
        sequence: int,
        names: Iterable[str],
        coverage: Coverage = Coverage.FULL,
        *,
        kind: FeedKind = FeedKind.MEMO,
        day: date = DAY,
        **facts: Any,
    ) -> JobInstance:
        """A landed file; `facts` override those of its entries."""
        entries = [replace(self.entry(line, name), **facts) for line, name in enumerate(names, 2)]
        path = hub_file(
            self.folder,
            entries,
            kind=kind,
            feed=self.feed,
            business_date=day,
            sequence=sequence,
            coverage=coverage,
            name=f"{token_hex(4)}.hub",
        )
        return landed_job(path, kind=kind, profile="hub", business_date=None)

    def entry(self, line: int, name: str) -> Entry:
        return Entry(
            line=line,
            status=Status.PENDING,
            account=self.number(name.partition("/")[0]),
            source_id=name,
            amount_minor=-1000,
            currency="GBP",
            posted_on=None,
            occurred_on=DAY,
            description=name,
        )

    def number(self, owner: str) -> str:
        return f"{owner}-{self.tag}"

    def pending(self, *owners: str) -> set[str]:
        """The names of all that is pending in these accounts, of whatever feed."""
        ids = (account_id(vault().id_key("accounts"), "bank", self.number(each)) for each in owners)
        return {
            stored_from_item(item).transaction.description
            for each in ids
            for item in TRANSACTION_REPOSITORY.query_all(f"{each}#{PENDING_VOLUME}")
        }

    def other_feed(self) -> "Bank":
        """Another sender, of the same accounts."""
        return replace(self, feed=f"cards-{token_hex(5)}")
