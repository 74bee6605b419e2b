"""What the benchmark of the API reads: who owns which accounts, and requests for their pages."""

import csv
import gzip
import http.client
import json
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.load import Call, Journey
from benchmarks.place import BENCH_DIR, Bank, data_file
from benchmarks.sizes import size

ACCOUNTS, ROWS = 2_000, size("ROWS", 200_000)
_CUSTOMERS = 20
_CUSTOMER = 2  # the column that holds the account number
PASSWORD = "Benchmark-only-1"  # noqa: S105 - of a pool that lives for minutes
_PAGE = 50
Calls = Sequence[tuple[str, dict[str, Any]]]  # operation and parameters, one after the other


def store_rows(bank: Bank) -> list[str]:
    """Brings the transactions in as any feed comes in; the account numbers."""
    path = BENCH_DIR / "simulated_card_api.csv"
    numbers: dict[str, None] = {}
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in _rows_of_first_accounts():
            writer.writerow(row)
            numbers[row[_CUSTOMER]] = None
    _ingest(bank, path)
    return list(numbers)[1:]  # the first is the heading


def _ingest(bank: Bank, path: Path) -> None:
    worker = bank.start_worker(2)
    bank.manage(
        *("ingest", str(path), "--kind", "historical", "--profile", "simulated_card"),
        *("--create-accounts", "--wait", "--json"),
    )
    bank.place.stop(worker)


def _rows_of_first_accounts() -> Iterator[list[str]]:
    """The first rows of the simulated card data that are of the first accounts to appear."""
    first: set[str] = set()
    with gzip.open(data_file("simulated_card_transactions.csv.gz"), "rt", newline="") as source:
        rows = csv.reader(source)
        yield next(rows)
        wanted = (row for row in rows if _is_of(row[_CUSTOMER], first))
        yield from islice(wanted, ROWS)


def _is_of(customer: str, first: set[str]) -> bool:
    if len(first) < ACCOUNTS:
        first.add(customer)
    return customer in first


def own_accounts(numbers: list[str], namespace: str = "simulated_card") -> dict[str, list[str]]:
    """Customers who can sign in -> the accounts that each owns; `numbers` are of the namespace."""
    from aws.vault import vault
    from identity.customers import create_customer
    from txhub.domain.entities import CustomerId
    from txhub.domain.naming import account_id
    from txhub.services import own_account

    key = vault().id_key("accounts")
    owned: dict[str, list[str]] = {}
    for number in range(_CUSTOMERS):
        email = f"customer-{number}@example.com"
        customer = CustomerId(create_customer(email, PASSWORD))
        mine = numbers[number::_CUSTOMERS]
        accounts = [account_id(key, namespace, each) for each in mine]
        for account in accounts:
            own_account(customer, account)
        owned[email] = list(accounts)
    return owned


def requests(port: int, owned: dict[str, list[str]]) -> list[Journey]:
    """A customer's request for each account's newest page."""
    return [
        [Call(port, _get(port, f"/api/v1/accounts/{account}/transactions", token))]
        for email, accounts in owned.items()
        for token in [_token(port, email)]
        for account in accounts
    ]


def _token(port: int, email: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    body = json.dumps({"email": email, "password": PASSWORD})
    connection.request("POST", "/api/v1/token", body, {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return str(answer["access_token"])


def _get(port: int, path: str, token: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()


def page_calls(account: str) -> list[tuple[str, dict[str, Any]]]:
    """The account with its owners, and its newest page: of as many volumes as it takes."""
    from aws.dynamodb.client import data_client
    from txhub.domain.ledger import posted_volumes
    from txhub.repository import ACCOUNT_REPOSITORY

    stored = ACCOUNT_REPOSITORY.find(account)
    assert stored is not None
    key = {"pk": {"S": account}, "sk": {"S": "A"}}
    table = ACCOUNT_REPOSITORY.table.physical_name
    calls = [("GetItem", {"TableName": table, "Key": key, "ConsistentRead": True})]
    left = _PAGE + 1  # one more tells whether there is a next page
    for volume in posted_volumes(stored.volumes):
        query = _newest(f"{account}#{volume}", left)
        calls.append(("Query", query))
        left -= data_client().send("Query", {**query, "Select": "COUNT"})["Count"]
        if not left:
            break
    return calls


def _newest(partition: str, limit: int) -> dict[str, Any]:
    from txhub.repository import TRANSACTION_REPOSITORY

    return {
        "TableName": TRANSACTION_REPOSITORY.table.physical_name,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": partition}},
        "ScanIndexForward": False,
        "Limit": limit,
    }


def signed(pages: Sequence[Calls]) -> list[Journey]:
    """The same calls as raw requests to the engine."""
    from aws.sessions import target
    from benchmarks.signed import signed_call

    engine = target("dynamodb")
    return [[signed_call(engine, *call) for call in calls] for calls in pages]


def shuffled(journeys: list[Any]) -> list[Any]:
    """In an order that is random, and the same in every run."""
    random.Random(1).shuffle(journeys)  # noqa: S311
    return journeys
