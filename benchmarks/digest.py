"""One changed, one missing and one added row among 100,000: found by digests, beside a reading of
everything."""

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from benchmarks.figures import Figure
from benchmarks.place import Bank, Place
from benchmarks.units import Cost, counted

if TYPE_CHECKING:
    from txhub.batch.models import JobInstance
    from txhub.batch.reconcile import Reconciliation

ROWS, ACCOUNTS, SEED = 100_000, 2_000, 7
FIRST_DAY, DAYS = date(2026, 1, 1), 150
WORKERS = 2
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Taken:
    """What some work took."""

    cost: Cost
    seconds: float


def run(place: Place) -> list[Figure]:
    bank = place.new_bank()
    job = _bring_in(bank, _feed(place.folder))
    bank.load_django()
    from txhub.batch.jobs import job_named
    from txhub.batch.reconcile import reconcile, reconcile_by_digest

    instance = job_named(job)
    _say("summing up what is on the stream")
    summed = _timed(_consume)[1]
    _say("making the file's digests, and comparing")
    undisturbed, first = _timed(lambda: reconcile_by_digest(instance))
    quiet = _timed(lambda: reconcile_by_digest(instance))[1]
    disturbed = _disturb(instance)
    _consume()
    _say("finding what was done behind our back")
    found, descent = _timed(lambda: reconcile_by_digest(instance))
    _say("reading everything")
    full, whole = _timed(lambda: reconcile(instance))
    return [
        *_truth(disturbed, undisturbed, found, full),
        *_reads(found, descent, whole, quiet),
        *_keeping(summed, first),
    ]


def _feed(folder: Path) -> Path:
    """A daily file in the hub's own format."""
    from txhub.domain.entries import Entry
    from txhub.feeds.hub_writer import HubWriter
    from txhub.feeds.rows import Coverage, FeedHeader, FeedKind

    chance = random.Random(SEED)  # noqa: S311
    path = folder / "digest.hub"
    header = FeedHeader(
        feed="digest",
        kind=FeedKind.DAILY,
        business_date=FIRST_DAY + timedelta(days=DAYS),
        sequence=1,
        coverage=Coverage.DELTA,
    )
    with path.open("wb") as out, HubWriter(out, header) as writer:
        for number in range(ROWS):
            day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
            writer.write(
                Entry(
                    line=number + 2,
                    account=f"60-16-13 {chance.randrange(ACCOUNTS):08}",
                    source_id=str(number),
                    amount_minor=-chance.randint(100, 20_000),
                    currency="GBP",
                    posted_on=day,
                    occurred_on=day,
                    category=chance.choice(("Groceries", "Eating out", "Transport", "Bills")),
                    merchant=f"Shop {chance.randrange(300)}",
                    description=f"PURCHASE {number} AT A SHOP IN TOWN",
                )
            )
    return path


def _bring_in(bank: Bank, path: Path) -> str:
    _say(f"bringing in {ROWS:,} rows of {ACCOUNTS:,} accounts")
    worker = bank.start_worker(WORKERS)
    output = bank.manage(
        *("ingest", str(path), "--kind", "daily", "--profile", "hub"),
        *("--create-accounts", "--wait", "--json"),
    )
    bank.place.stop(worker)
    job: str = json.loads(output.splitlines()[-1])["job"]
    return job


def _consume() -> None:
    from django.core.management import call_command

    call_command("consume", "summaries", until_idle=True)


def _disturb(instance: "JobInstance") -> dict[str, str]:
    """Changes, deletes and adds one item each, in accounts of its own; what to find, by its id."""
    from txhub.batch.cutting import lines_of
    from txhub.domain.entities import AccountId, TransactionId
    from txhub.repository import TRANSACTION_REPOSITORY
    from txhub.services import known_accounts

    chance = random.Random(SEED)  # noqa: S311
    chunks = chance.sample(list(instance.file.chunks.all()), 3)
    lines = [json.loads(chance.choice(list(lines_of(chunk.object_key)))) for chunk in chunks]
    victims = []
    for name, account_id, *_rest in lines:
        account = known_accounts([AccountId(account_id)])[AccountId(account_id)]
        stored = TRANSACTION_REPOSITORY.all_of(account)
        victims.append(next(each for each in stored if each.transaction.transaction_id == name))
    changed, missing, model = victims
    other = replace(changed.transaction, description="something else")
    TRANSACTION_REPOSITORY.write_new([replace(changed, transaction=other)])
    TRANSACTION_REPOSITORY.delete(*missing.key)
    name = TransactionId(model.transaction.transaction_id[:-3] + "aaa")
    key = (model.key[0], model.key[1][: -len(name)] + name)
    added = replace(model, key=key, transaction=replace(model.transaction, transaction_id=name))
    TRANSACTION_REPOSITORY.write_new([added])
    return {
        changed.transaction.transaction_id: "altered",
        missing.transaction.transaction_id: "missing",
        name: "added",
    }


def _truth(
    disturbed: dict[str, str],
    undisturbed: "Reconciliation",
    found: "Reconciliation",
    full: "Reconciliation",
) -> Iterator[Figure]:
    told = {each.transaction_id: str(each.fault) for each in found.findings}
    right = sum(told.get(name) == fault for name, fault in disturbed.items())
    about = f"among {ROWS:,} rows: one changed (properly sealed), one deleted, one added"
    yield Figure(name="found", value=right, unit="of 3", aim="= 3", how=about)
    wrong = found.faults - right + undisturbed.faults
    yield Figure(
        name="false_findings",
        value=wrong,
        unit="findings",
        aim="= 0",
        how="before and after the disturbance",
    )
    same = {each.transaction_id for each in full.findings} == told.keys()
    how = "whether a reading of everything finds the same three"
    yield Figure(name="same_as_full", value=float(same), unit="yes", aim="= 1", how=how)


def _reads(found: "Reconciliation", descent: Taken, whole: Taken, quiet: Taken) -> Iterator[Figure]:
    yield Figure(
        name="digests_read", value=found.digests, unit="digests", how="chunks, then their parts"
    )
    yield Figure(
        name="items_read",
        value=found.items,
        unit="transactions",
        aim="<= 1000",
        how="read and opened in the parts that differ",
    )
    for name, taken in (("descent", descent), ("full", whole), ("nothing_wrong", quiet)):
        yield Figure(
            name=f"{name}_read_units",
            value=taken.cost.read_units,
            unit="read units",
            how=f"by AWS's rules, {taken.cost.calls:,} calls to DynamoDB",
        )
        yield Figure(name=f"{name}_s", value=taken.seconds, unit="s", how="by the wall clock")


def _keeping(summed: Taken, first: Taken) -> Iterator[Figure]:
    for kind in ("read", "write"):
        yield Figure(
            name=f"summing_up_{kind}_units_per_1000_rows",
            value=getattr(summed.cost, f"{kind}_units") * 1000 / ROWS,
            unit=f"{kind} units",
            how=f"the handler on a first load of {DAYS // 30} months, leases included",
        )
    yield Figure(
        name="summing_up_rows_per_s",
        value=ROWS / summed.seconds,
        unit="rows/s",
        how="one consumer process, by the wall clock",
    )
    yield Figure(
        name="file_digests_s",
        value=first.seconds,
        unit="s",
        how="the archive parsed again and its digests kept, once for each job",
    )


def _timed(work: Callable[[], _T]) -> tuple[_T, Taken]:
    with counted() as cost, _clock() as seconds:
        result = work()
    return result, Taken(cost, seconds[0])


@contextmanager
def _clock() -> Iterator[list[float]]:
    began, seconds = time.perf_counter(), [0.0]
    yield seconds
    seconds[0] = time.perf_counter() - began


def _say(line: str) -> None:
    print(f"  {line} ...", flush=True)
