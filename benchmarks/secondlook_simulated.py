"""The 1.75 million simulated card transactions: what the rules say of them, and of those that are
labelled as fraud. The simulation knows amounts and times; its merchants are numbers, and it has no
categories, countries or pending entries: most rules find nothing to go by."""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.place import data_file

if TYPE_CHECKING:
    from alerts.domain.facts import Fact

_CHOSEN = {"large_purchase": {"amount": 20_000}}


def simulated_figures(share: int = 1) -> Iterator[Figure]:
    """`share`: of so many customers one is taken."""
    from alerts.domain.replaying import replay
    from alerts.rules import rules

    applied = [(rule, {**rule.defaults, **_CHOSEN.get(rule.name, {})}) for rule in rules()]
    made: Counter[str] = Counter()
    right: Counter[str] = Counter()
    alerted: set[str] = set()
    by_customer, fraud, count = _facts(share)
    for facts in by_customer.values():
        for found in replay(facts, applied, since=0):
            made[found.rule.name] += 1
            right[found.rule.name] += found.fact.transaction_id in fraud
            alerted.add(found.fact.transaction_id)
    of = f"of {count:,} transactions of {len(by_customer):,} customers, {len(fraud):,} labelled"
    for name, times in sorted(made.items()):
        how = f"alerts {of}; {right[name]} of these"
        yield Figure(name=f"simulated_{name}", value=times, unit="", how=how)
    caught = len(alerted & fraud)
    yield Figure(
        name="simulated_fraud_precision",
        value=caught / len(alerted) if alerted else 0.0,
        unit="",
        how=f"alerted transactions that are labelled TX_FRAUD: {caught:,} of {len(alerted):,}",
    )
    yield Figure(
        name="simulated_fraud_recall",
        value=caught / len(fraud) if fraud else 0.0,
        unit="",
        how=f"transactions labelled TX_FRAUD that are alerted to, {caught:,} {of}",
    )


def _facts(share: int) -> "tuple[dict[str, list[Fact]], set[str], int]":
    from alerts.domain.facts import Fact

    by_customer: dict[str, list[Fact]] = defaultdict(list)
    fraud: set[str] = set()
    count = 0
    with gzip.open(data_file("simulated_card_transactions.csv.gz"), "rt", newline="") as file:
        for row in csv.DictReader(file):
            if int(row["CUSTOMER_ID"]) % share:
                continue
            moment = datetime.fromisoformat(row["TX_DATETIME"]).replace(tzinfo=UTC)
            at = int(moment.timestamp())
            count += 1
            name = row["TRANSACTION_ID"]
            if row["TX_FRAUD"] == "1":
                fraud.add(name)
            by_customer[row["CUSTOMER_ID"]].append(
                Fact(
                    name,
                    at,
                    0,
                    moment.toordinal(),
                    row["TERMINAL_ID"],
                    "Terminal",
                    -round(float(row["TX_AMOUNT"]) * 100),
                    "EUR",
                    "card",
                    True,
                    True,
                    True,
                    False,
                    at,
                    1,
                    "",
                    "",
                    None,
                    0,
                    None,
                    "",
                )
            )  # fmt: skip
    return by_customer, fraud, count
