"""A bank whose accounts, transactions and alerts lie in memory, with the stream that its stores
leave. Its clock stands at noon of a Saturday until it is moved."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from alerts.domain.alerts import Alert
from alerts.repository import ALERT_REPOSITORY
from alerts.resources import ALERTS, PREFERENCES, PROFILES, RULES
from alerts.services.observing import facts_by_account
from alerts.services.rulebook import forget_rule_book
from alerts.services.second_look import SecondLook
from aws.dynamodb.attributes import decode_item
from aws.dynamodb.client import data_client
from aws.streams import Change, Kind
from aws.tests.memory import MemoryEngine, Written, in_memory
from identity.resources import APPROVALS, AUDIT
from txhub.domain.entities import AccountId, CustomerId
from txhub.domain.entries import SourcedEntry, Status
from txhub.resources import ACCOUNTS, TRANSACTIONS
from txhub.services import store_entries
from txhub.tests.people import an_entry, new_account, new_customer

TABLES = (ACCOUNTS, TRANSACTIONS, ALERTS, PREFERENCES, PROFILES, RULES, AUDIT, APPROVALS)
NOON = datetime(2026, 6, 20, 12, tzinfo=UTC)


class Beside:
    """Sends calls about tables in memory there, and all others to the engine."""

    def __init__(self, memory: MemoryEngine) -> None:
        self.memory, self._engine = memory, data_client()

    def send(self, operation: str, parameters: Any) -> Any:
        names = {parameters.get("TableName"), *parameters.get("RequestItems", ())}
        for action in parameters.get("TransactItems", ()):
            names |= {each["TableName"] for each in action.values()}
        side = self.memory if names & self.memory.tables.keys() else self._engine
        return side.send(operation, parameters)


class Bank:
    """`owner` owns `account`."""

    def __init__(self, memory: MemoryEngine) -> None:
        self.memory, self.now = memory, NOON
        self._numbers, self._heard = count(1), 0
        self.owner = new_customer()
        self.account = new_account(self.owner)

    def clock(self) -> datetime:
        return self.now

    def buys(
        self, minor: int = -1250, *, ago: timedelta = timedelta(0), **facts: Any
    ) -> SourcedEntry:
        """A purchase on the owner's account, stored: posted, or pending by `status`."""
        return self.store(self.purchase(minor, ago=ago, **facts))

    def purchase(
        self, minor: int = -1250, *, ago: timedelta = timedelta(0), **facts: Any
    ) -> SourcedEntry:
        moment = self.now - ago
        number = next(self._numbers)
        facts = {
            "occurred_at": moment,
            "occurred_on": moment.date(),
            "kind": "card",
            "source": f"chunk:{number}",
            **facts,
        }
        account = facts.pop("account", self.account)
        reference = facts.pop("reference", f"row-{number}")
        entry = an_entry(account, reference, moment.date(), minor, **facts)
        if entry.entry.status is Status.PENDING:
            object.__setattr__(entry.entry, "posted_on", None)
        return entry

    def store(self, *entries: SourcedEntry) -> SourcedEntry:
        store_entries(entries)
        return entries[-1]

    def changes(self) -> list[Change]:
        """What has come on the stream since the last time."""
        written = [each for each in self.memory.written if each.table is TRANSACTIONS]
        new = written[self._heard :]
        self._heard = len(written)
        return [
            _change(each, self._heard - len(new) + place, self.now)
            for place, each in enumerate(new)
        ]

    def look(self, changes: Sequence[Change] | None = None, **options: Any) -> None:
        """Has the consumer look at these, or at what is new."""
        given = self.changes() if changes is None else changes
        SecondLook(clock=self.clock, **options).take(facts_by_account(given))

    def inbox(self, customer: CustomerId | None = None) -> list[Alert]:
        """What the owner sees, newest first."""
        page = ALERT_REPOSITORY.page(customer or self.owner, after=None, limit=200)
        return list(page.alerts)

    def kinds(self) -> list[str]:
        return sorted(each.kind for each in self.inbox())


@contextmanager
def a_bank() -> Iterator[Bank]:
    memory = MemoryEngine(TABLES)
    with in_memory(Beside(memory)):
        forget_rule_book()
        yield Bank(memory)
    forget_rule_book()


def _change(written: Written, number: int, at: datetime) -> Change:
    old, new = written.old, written.new
    item = new or old or {}
    return Change(
        table=TRANSACTIONS.name,
        key=decode_item({name: item[name] for name in ("pk", "sk")}),
        kind=Kind.INSERTED if old is None else Kind.REMOVED if new is None else Kind.MODIFIED,
        old=decode_item(old) if old is not None else None,
        new=decode_item(new) if new is not None else None,
        sequence=f"{number:09}",
        at=at,
    )


__all__ = ["AccountId", "Bank", "a_bank", "new_account", "new_customer"]
