"""The API under the load that the talk behind this project tells of: 146 requests/s, open loop.

Real web server, real Cognito tokens, 200,000 transactions of 2,000 accounts stored by the batch.
In the same run, at the same rate: the same pages by plain boto3, and the same bytes from the
engine alone, so that its cost and ours can be told apart.
"""

import csv
import gzip
import http.client
import json
import pickle
import random
import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, engine, percentile
from benchmarks.load import Call, Journey, Load, Measured
from benchmarks.place import BENCH_DIR, ROOT, Bank, CommandFailed, Place, data_file
from benchmarks.plain_pages import Pages
from embedded.processes import free_port

ACCOUNTS, ROWS = 2_000, 200_000
PER_S, SECONDS = 146.0, 60.0
_SHORT_S = 20.0
_CUSTOMERS = 20
_PASSWORD = "Benchmark-only-1"  # noqa: S105 - of a pool that lives for minutes
_PAGE = 50
_READY_S_MAX = 60.0


def run(place: Place) -> list[Figure]:
    bank = place.new_bank()
    _load(bank)
    bank.load_django()
    owned = _own_accounts()
    port = free_port()
    web = bank.start_web(port)
    web.wait_until(lambda: _answers(port), seconds_max=_READY_S_MAX)
    asked = _shuffled(_requests(port, owned))
    pages = _shuffled([_page_calls(account) for accounts in owned.values() for account in accounts])
    raw = _signed(pages)

    halves = [_http(place, bank, asked, SECONDS / 2)]
    single = _plain(place, bank, [calls[1:] for calls in pages])
    both = _plain(place, bank, pages)
    alone = _generated(place, bank, Load(journeys=raw, seconds=_SHORT_S, per_s=PER_S))
    ceiling = _generated(place, bank, Load(journeys=raw, seconds=_SHORT_S / 2))
    halves.append(_http(place, bank, asked, SECONDS / 2))
    ours = _added(halves)
    return [*_ours(ours), *_beside(ours, single, both, alone), *_ceilings(ceiling)]


# --- what is read ---


def _load(bank: Bank) -> None:
    file = _rows_of_first_accounts()
    worker = bank.start_worker(2)
    _say(f"storing {ROWS:,} transactions of {ACCOUNTS:,} accounts")
    bank.manage(
        *("ingest", str(file), "--kind", "historical", "--profile", "simulated_card"),
        *("--create-accounts", "--wait", "--json"),
    )
    bank.place.stop(worker)


def _rows_of_first_accounts() -> Path:
    """The first rows of the simulated card data whose customer is one of the first."""
    path = BENCH_DIR / "simulated_card_api.csv"
    with gzip.open(data_file("simulated_card_transactions.csv.gz"), "rt", newline="") as source:
        rows = csv.reader(source)
        heading = next(rows)
        customer = heading.index("CUSTOMER_ID")
        wanted = islice((row for row in rows if int(row[customer]) < ACCOUNTS), ROWS)
        with path.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([heading, *wanted])
    return path


def _own_accounts() -> dict[str, list[str]]:
    """Customers who can sign in -> the accounts that each owns."""
    from aws.vault import vault
    from identity.customers import create_customer
    from txhub.domain.entities import CustomerId
    from txhub.domain.naming import account_id
    from txhub.services import own_account

    key = vault().id_key("accounts")
    owned: dict[str, list[str]] = {}
    for number in range(_CUSTOMERS):
        email = f"customer-{number}@example.com"
        customer = CustomerId(create_customer(email, _PASSWORD))
        mine = range(number, ACCOUNTS, _CUSTOMERS)
        accounts = [account_id(key, "simulated_card", str(each)) for each in mine]
        for account in accounts:
            own_account(customer, account)
        owned[email] = list(accounts)
    return owned


def _requests(port: int, owned: dict[str, list[str]]) -> list[Journey]:
    return [
        [Call(port, _get(port, f"/api/v1/accounts/{account}/transactions", token))]
        for email, accounts in owned.items()
        for token in [_token(port, email)]
        for account in accounts
    ]


def _token(port: int, email: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    body = json.dumps({"email": email, "password": _PASSWORD})
    connection.request("POST", "/api/v1/token", body, {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return str(answer["access_token"])


def _get(port: int, path: str, token: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()


def _page_calls(account: str) -> list[tuple[str, dict[str, Any]]]:
    """The account with its owners, and the newest page of its newest volume."""
    from txhub.domain.ledger import posted_volumes
    from txhub.repository import ACCOUNT_REPOSITORY, TRANSACTION_REPOSITORY

    stored = ACCOUNT_REPOSITORY.find(account)
    assert stored is not None
    newest = posted_volumes(stored.volumes)[0]
    key = {"pk": {"S": account}, "sk": {"S": "A"}}
    accounts, transactions = ACCOUNT_REPOSITORY.table, TRANSACTION_REPOSITORY.table
    page = {
        "TableName": transactions.physical_name,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": f"{account}#{newest}"}},
        "ScanIndexForward": False,
        "Limit": _PAGE,
    }
    read = {"TableName": accounts.physical_name, "Key": key, "ConsistentRead": True}
    return [("get_item", read), ("query", page)]


def _signed(pages: Sequence[Sequence[tuple[str, dict[str, Any]]]]) -> list[Journey]:
    from benchmarks.signed import Recorder

    recorder = Recorder()
    return [
        [recorder.call(operation, **parameters) for operation, parameters in calls]
        for calls in pages
    ]


def _shuffled(journeys: list[Any]) -> list[Any]:
    random.Random(1).shuffle(journeys)  # noqa: S311 - the same order in every run
    return journeys


# --- the sides ---


def _http(place: Place, bank: Bank, journeys: list[Journey], seconds: float) -> Measured:
    return _generated(place, bank, Load(journeys=journeys, seconds=seconds, per_s=PER_S))


def _generated(place: Place, bank: Bank, load: Load) -> Measured:
    return _measured(place, bank, "benchmarks.load", load)


def _plain(place: Place, bank: Bank, journeys: list[Any]) -> Measured:
    pages = Pages(journeys=journeys, seconds=_SHORT_S, per_s=PER_S)
    return _measured(place, bank, "benchmarks.plain_pages", pages)


def _measured(place: Place, bank: Bank, module: str, order: Load | Pages) -> Measured:
    """Runs a side in a process of its own."""
    _say(f"{module}, {len(order.journeys):,} journeys, {order.seconds:g} s")
    path = place.folder / "order.pickle"
    path.write_bytes(pickle.dumps(order))
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", module, str(path)],
        env=dict(bank.environment),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    if done.returncode:
        raise CommandFailed(f"{module} ended with status {done.returncode}")
    return Measured(**json.loads(done.stdout))


def _added(parts: Sequence[Measured]) -> Measured:
    return Measured(
        latencies_ms=[each for part in parts for each in part.latencies_ms],
        errors=sum(part.errors for part in parts),
        seconds=sum(part.seconds for part in parts),
    )


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


# --- the figures ---


def _ours(ours: Measured) -> list[Figure]:
    times = ours.latencies_ms
    how = f"open loop at {PER_S:g}/s, from the set time to the last byte; random accounts"
    talk = {"mean": 54.53, "p90": 77.0, "p95": 96.0, "p99": 345.0}
    values = {
        "mean": sum(times) / len(times),
        **{f"p{percent}": percentile(times, percent) for percent in (50, 90, 95, 99)},
    }
    return [
        Figure(
            name="requests_per_s",
            value=len(times) / ours.seconds,
            unit="requests/s",
            how=f"answered with 200, over {ours.seconds:.0f} s in two halves; no cache of answers",
        ),
        *(
            Figure(
                name=f"{name}_ms",
                value=value,
                unit="ms",
                aim=f"<= {talk[name]}" if name in talk else None,
                how=f"{how}; the talk: {talk[name]}" if name in talk else how,
            )
            for name, value in values.items()
        ),
        Figure(name="errors", value=ours.errors, unit="requests", aim="= 0", how="any but 200"),
    ]


def _beside(ours: Measured, single: Measured, both: Measured, alone: Measured) -> list[Figure]:
    p50 = percentile(ours.latencies_ms, 50)
    sides = {
        "plain_boto3_query": (single, "the page's Query alone, no owner asked for, nothing opened"),
        "plain_boto3": (both, "GetItem of the account for its owners, Query of the page"),
        "engine": (alone, f"{engine()}: raw signed HTTP, the same two calls, answers not parsed"),
    }
    return [
        *(
            Figure(
                name=f"{name}_p50_ms",
                value=percentile(measured.latencies_ms, 50),
                unit="ms",
                how=f"{how}; same open loop, {_SHORT_S:g} s",
            )
            for name, (measured, how) in sides.items()
        ),
        Figure(
            name="ratio_to_plain_boto3_p50",
            value=p50 / percentile(both.latencies_ms, 50),
            unit="ratio",
            aim="<= 1.5",
            how="p50_ms / plain_boto3_p50_ms",
        ),
        Figure(
            name="ratio_to_plain_boto3_query_p50",
            value=p50 / percentile(single.latencies_ms, 50),
            unit="ratio",
            how="p50_ms / plain_boto3_query_p50_ms",
        ),
    ]


def _ceilings(ceiling: Measured) -> list[Figure]:
    return [
        Figure(
            name="engine_ceiling_pages_per_s",
            value=len(ceiling.latencies_ms) / ceiling.seconds,
            unit="pages/s",
            how=f"{engine()}: raw signed GetItem and Query, closed loop on 8 connections",
        )
    ]


def _say(line: str) -> None:
    print(f"  {line} ...", flush=True)
