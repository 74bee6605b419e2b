"""How many transactions a second, and how late alerts are.

Two sides are named: our own code, from the stream's records as they come over the wire to alerts
and written profiles, with a store that answers at once and costs next to nothing; and the whole,
through the embedded engine.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

import orjson

from benchmarks.figures import Figure, percentile
from benchmarks.place import Bank

if TYPE_CHECKING:
    from aws.streams import Change
    from txhub.public import AccountId, CustomerId, StoredTransaction

_ACCOUNTS = 400
_HISTORY, _DAYS, _MERCHANTS = 120, 170, 30
_NEW_EACH = 6  # transactions an account in the measured stretch, each in a batch of its own
_LAG_S, _LAG_RATE, _LAG_ACCOUNTS, _ALERTING = 20, 100, 60, 10
_SETTLED_S_MAX = 60.0
_numbers = count(1)


class Shelf:
    """A store that keeps items by key and checks no conditions. It pays for JSON both ways, as a
    client does, and for nothing else."""

    def __init__(self) -> None:
        from alerts.resources import ALERTS, PREFERENCES, PROFILES, RULES
        from aws.dynamodb.client import data_client
        from txhub.resources import ACCOUNTS

        self.items: dict[str, dict[str, Any]] = defaultdict(dict)
        self._key_names = {
            table.physical_name: [table.partition_key, *filter(None, [table.sort_key])]
            for table in (ACCOUNTS, ALERTS, PREFERENCES, PROFILES, RULES)
        }
        self._engine = data_client()

    def send(self, operation: str, parameters: Any) -> Any:
        name = parameters.get("TableName") or next(iter(parameters.get("RequestItems", [""])))
        if name not in self._key_names:
            return self._engine.send(operation, parameters)
        asked = orjson.loads(orjson.dumps(parameters))
        if operation == "PutItem":
            self.items[name][self._key(name, asked["Item"])] = asked["Item"]
            return {}
        keys = [self._key(name, key) for key in asked["RequestItems"][name]["Keys"]]
        found = [self.items[name][key] for key in keys if key in self.items[name]]
        return orjson.loads(orjson.dumps({"Responses": {name: found}}))

    def _key(self, table: str, item: Any) -> str:
        return "|".join(item[name]["S"] for name in self._key_names[table])


def core_figures() -> Iterator[Figure]:
    from alerts.consumers import LookTwice
    from alerts.resources import ALERTS, PROFILES
    from aws.tests.memory import in_memory

    shelf, look, rng = Shelf(), LookTwice(), Random(1)  # noqa: S311 - to be repeatable
    accounts = _stocked(shelf, rng)
    now = datetime.now(UTC)
    with in_memory(shelf):
        batches = [
            [orjson.dumps(_record(_purchase(each, now, rng))) for each in accounts]
            for _ in range(_NEW_EACH)
        ]
        look.handle([_change(each, now) for each in batches[0]])  # the vault's keys are at hand
        began = time.process_time()
        for batch in batches[1:]:
            look.handle([_change(each, now) for each in batch])
        seconds = time.process_time() - began
    measured = (_NEW_EACH - 1) * len(accounts)
    profiles = shelf.items[PROFILES.physical_name].values()
    yield Figure(
        name="transactions_per_s_core",
        value=measured / seconds,
        unit="1/s",
        how=f"{measured:,} records, in batches of {len(accounts)}, no two of one account; profiles"
        f" of some {_HISTORY} facts; {len(shelf.items[ALERTS.physical_name])} alerts; our CPU",
        aim=">= 3000",
    )
    yield Figure(
        name="profile_bytes",
        value=sum(len(each["z"]["B"]) for each in profiles) / len(profiles) * 3 / 4,
        unit="B",
        how="a profile as it is stored, compressed and sealed: write units are KB of it",
    )


def _stocked(shelf: Shelf, rng: Random) -> "list[AccountId]":
    """Accounts with some months of history in their profiles."""
    from alerts.services.observing import fact_of
    from alerts.services.second_look import SecondLook
    from aws.tests.memory import in_memory
    from kernel.ids import random_id
    from txhub.public import AccountId
    from txhub.resources import ACCOUNTS
    from txhub.tests.people import new_customer

    owner, now = new_customer(), datetime.now(UTC)
    accounts = [AccountId(random_id("acc")) for _ in range(_ACCOUNTS)]
    with in_memory(shelf):
        for each in accounts:
            key = f"{each}|A"
            shelf.items[ACCOUNTS.physical_name][key] = {
                "pk": {"S": each},
                "sk": {"S": "A"},
                "o": {"SS": [owner]},
            }
            past = [now - timedelta(days=rng.uniform(4, _DAYS)) for _ in range(_HISTORY)]
            facts = [fact_of(_purchase(each, at, rng), seen=at) for at in past]
            SecondLook(tells=False).take({each: facts})
    return accounts


def _purchase(account: "AccountId", at: datetime, rng: Random) -> "StoredTransaction":
    from kernel.ids import random_id
    from kernel.money import Money
    from txhub.domain.entities import Merchant
    from txhub.public import Kind, Status, StoredTransaction, Transaction, TransactionId

    name = f"MERCHANT {rng.randrange(_MERCHANTS):03} LEEDS"
    transaction_id = TransactionId(random_id("txn"))
    said = Transaction(
        transaction_id=transaction_id,
        account_id=account,
        status=Status.POSTED,
        kind=Kind.CARD,
        amount=Money(-rng.randrange(300, 60_000), "GBP"),
        description=name,
        merchant=Merchant(name=name, country="GB"),
        occurred_on=at.date(),
        occurred_at=at,
        posted_on=at.date(),
        value_on=at.date(),
        mcc=rng.choice(("5411", "5812", "5814", "5942")),
        content=rng.randbytes(16),
    )
    sort = f"{at.date()}#{next(_numbers):012}#{transaction_id}"
    return StoredTransaction(
        transaction=said, key=(f"{account}#{at.year}", sort), sources=("chunk:1",)
    )


def _record(stored: "StoredTransaction") -> dict[str, Any]:
    from aws.dynamodb.attributes import encode_item
    from txhub.repository.transactions import transaction_to_item

    item = encode_item(transaction_to_item(stored))
    keys = {name: item[name] for name in ("pk", "sk")}
    return {"Keys": keys, "NewImage": item, "SequenceNumber": f"{next(_numbers):020}"}


def _change(raw: bytes, now: datetime) -> "Change":
    """As `aws.streams.table_stream` makes it of a record."""
    from aws.dynamodb.attributes import decode_item
    from aws.streams import Change, Kind

    said = orjson.loads(raw)
    return Change(
        table="transactions",
        key=decode_item(said["Keys"]),
        kind=Kind.INSERTED,
        old=None,
        new=decode_item(said["NewImage"]),
        sequence=said["SequenceNumber"],
        at=now,
    )


def whole_figures(bank: Bank) -> Iterator[Figure]:
    """Through the embedded engine, with a consumer in a process of its own."""
    from txhub.tests.people import new_account, new_customer

    owner = new_customer()
    accounts = [new_account(owner) for _ in range(_LAG_ACCOUNTS)]
    consumer = bank.place.start("consumer", "manage", "consume", "second_look", **bank.environment)
    _wait_for_the_consumer(owner, accounts[0])
    written = _written(accounts)
    lags_ms = _lags_ms(owner, written)
    bank.place.stop(consumer)
    how = (
        f"{_LAG_RATE} transactions a second for {_LAG_S} s over {_LAG_ACCOUNTS} accounts, one in"
        f" {_ALERTING} a refund ({len(lags_ms)} alerts): from the answer to the write until the"
        " alert is written"
    )
    for percent in (50, 99):
        yield Figure(
            name=f"lag_p{percent}_ms",
            value=percentile(lags_ms, percent),
            unit="ms",
            how=how,
            aim="<= 1000",
        )


def _wait_for_the_consumer(owner: "CustomerId", account: "AccountId") -> None:
    """Until it has started, has its lease and reads."""
    from txhub.repository import TRANSACTION_REPOSITORY

    deadline = time.monotonic() + _SETTLED_S_MAX
    while not _told(owner):
        assert time.monotonic() < deadline, "the consumer does not start"
        refund = _refunded(_purchase(account, datetime.now(UTC), Random(3)))  # noqa: S311
        TRANSACTION_REPOSITORY.write_new([refund])
        time.sleep(0.5)


def _written(accounts: "Sequence[AccountId]") -> dict[str, datetime]:
    """Writes at a steady rate; when each refund was written, by its id."""
    from txhub.repository import TRANSACTION_REPOSITORY

    rng, written = Random(2), dict[str, datetime]()  # noqa: S311 - to be repeatable
    for _beat in range(_LAG_S * 10):
        began = time.monotonic()
        now = datetime.now(UTC)
        stored = [_purchase(rng.choice(accounts), now, rng) for _ in range(_LAG_RATE // 10)]
        stored[0] = _refunded(stored[0])
        TRANSACTION_REPOSITORY.write_new(stored)
        written[stored[0].transaction.transaction_id] = datetime.now(UTC)
        time.sleep(max(0.0, began + 0.1 - time.monotonic()))
    return written


def _refunded(stored: "StoredTransaction") -> "StoredTransaction":
    from txhub.public import Kind

    said = stored.transaction
    return replace(stored, transaction=replace(said, kind=Kind.REFUND, amount=-said.amount))


def _lags_ms(owner: "CustomerId", written: dict[str, datetime]) -> list[float]:
    deadline = time.monotonic() + _SETTLED_S_MAX
    while not written.keys() <= (told := _told(owner)).keys():
        assert time.monotonic() < deadline, "an alert is missing"
        time.sleep(0.5)
    return [(told[name] - at).total_seconds() * 1000 for name, at in written.items()]


def _told(owner: "CustomerId") -> dict[str, datetime]:
    """When the owner was told of each refund."""
    from alerts.repository import ALERT_REPOSITORY

    told: dict[str, datetime] = {}
    after = None
    while True:
        page = ALERT_REPOSITORY.page(owner, kind="refund_arrived", after=after, limit=500)
        told |= {each.transaction_ids[0]: each.created_at for each in page.alerts}
        after = page.last
        if after is None:
            return told
