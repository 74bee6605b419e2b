"""Writes the generated bank: three feed files and a manifest. Same plan, same bytes."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from txhub.feeds.generator.booking import book
from txhub.feeds.generator.catalogue import CITIES
from txhub.feeds.generator.lives import live
from txhub.feeds.generator.people import Household, households
from txhub.feeds.hub_writer import HubWriter
from txhub.feeds.rows import Coverage, FeedHeader, FeedKind

FEED = "demo_bank"
MANIFEST = "manifest.json"
Progress = Callable[[int], None]  # called with the number of customers done since the last call


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`until`: the business day of the files. `months` of history lie before it."""

    customers: int
    months: int
    seed: int
    until: date

    @property
    def first_day(self) -> date:
        back = self.until.year * 12 + self.until.month - 1 - self.months
        return date(back // 12, back % 12 + 1, min(self.until.day, 28))


def generate(plan: Plan, out: Path, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Writes the files of the plan into `out` (made if need be); gives what the manifest says.

    Memory holds one household at a time, and the manifest.
    """
    out.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, Any] = {"feed": FEED, "profile": "hub", **_as_json(plan)}
    people: list[dict[str, Any]] = []
    accounts: list[dict[str, Any]] = []
    paths = {kind: out / f"{kind}-{plan.until}.hub" for kind in FeedKind}
    with ExitStack() as stack:
        writers = {kind: _writer(stack, path, kind, plan) for kind, path in paths.items()}
        for household in households(plan.customers, plan.seed, CITIES):
            for sent in book(live(household, plan.first_day, plan.until), plan.until):
                writers[sent.kind].write(sent.entry)
            _enlist(household, people, accounts)
            progress(len(household.customers))
    manifest["files"] = [
        _file(paths[kind], kind, plan, writers[kind])
        for kind in (FeedKind.HISTORICAL, FeedKind.MEMO, FeedKind.DAILY)
    ]
    manifest |= {"customers": people, "accounts": accounts}
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (out / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return manifest


def _writer(stack: ExitStack, path: Path, kind: FeedKind, plan: Plan) -> HubWriter:
    file = stack.enter_context(path.open("wb"))
    header = FeedHeader(
        feed=FEED, kind=kind, business_date=plan.until, sequence=1, coverage=Coverage.FULL
    )
    return stack.enter_context(HubWriter(file, header))


def _as_json(plan: Plan) -> dict[str, Any]:
    return {
        "seed": plan.seed,
        "months": plan.months,
        "first_day": plan.first_day.isoformat(),
        "until": plan.until.isoformat(),
    }


def _enlist(
    household: Household, people: list[dict[str, Any]], accounts: list[dict[str, Any]]
) -> None:
    for customer in household.customers:
        own = [each.number for each in household.accounts if customer.ref in each.owners]
        people.append({**asdict(customer), "accounts": own})
    for account in household.accounts:
        fields = asdict(account)
        names = ("number", "name", "type", "currency", "owners")
        accounts.append({name: fields[name] for name in names})


def _file(path: Path, kind: FeedKind, plan: Plan, writer: HubWriter) -> dict[str, Any]:
    return {
        "path": path.name,
        "kind": kind.value,
        "business_date": plan.until.isoformat(),
        "rows": writer.records,
        "totals": {
            currency: {"debit_minor": debits, "credit_minor": credits}
            for currency, (debits, credits) in writer.totals().items()
        },
    }
