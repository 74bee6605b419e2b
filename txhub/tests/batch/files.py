"""Feed files for the tests: of the `simulated_card` profile, with accounts that nobody else has."""

import random
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from secrets import randbelow

from txhub.domain.entries import Entry
from txhub.feeds.hub_writer import HubWriter
from txhub.feeds.rows import Coverage, FeedHeader, FeedKind

HEADER = "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD,TX_FRAUD_SCENARIO"


def card_rows(rows: int, *, accounts: int = 5, seed: int = 1) -> list[str]:
    """Rows of a few accounts over some weeks; ids and account numbers are fresh each time, and too
    short to be taken for card numbers."""
    chance = random.Random(seed)  # noqa: S311
    first_account, first_id = randbelow(10**9) * 1000, randbelow(10**8) * 10**4
    return [
        f"{first_id + number},2018-0{chance.randint(4, 5)}-{chance.randint(1, 28):02}"
        f" {chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02},"
        f"{first_account + chance.randrange(accounts)},{chance.randint(1, 10_000)},"
        f"{chance.randint(1, 99_999) / 100:.2f},0,0"
        for number in range(rows)
    ]


def card_file(folder: Path, rows: Iterable[str], name: str = "cards.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([HEADER, *rows, ""]))
    return path


def hub_rows(rows: int) -> list[Entry]:
    """Posted entries of two fresh accounts, in pounds and euros."""
    first = randbelow(10**8)
    return [
        Entry(
            line=number + 2,
            account=f"60-16-13 {first + number % 2:08}",
            source_id=f"{first}-{number}",
            amount_minor=-100 * (number + 1),
            currency="GBP" if number % 2 else "EUR",
            posted_on=date(2026, 1, 5 + number % 10),
            occurred_on=date(2026, 1, 5 + number % 10),
            merchant=f"Shop {number}",
            description=f"Purchase {number}",
        )
        for number in range(rows)
    ]


def hub_file(
    folder: Path,
    entries: Iterable[Entry],
    *,
    kind: FeedKind = FeedKind.DAILY,
    feed: str | None = None,
    business_date: date = date(2026, 1, 20),
    sequence: int = 1,
    coverage: Coverage = Coverage.DELTA,
    name: str = "hub.txt",
) -> Path:
    path = folder / name
    header = FeedHeader(
        feed=feed or f"core{randbelow(10**9)}",
        kind=kind,
        business_date=business_date,
        sequence=sequence,
        coverage=coverage,
    )
    with path.open("wb") as out, HubWriter(out, header) as writer:
        for entry in entries:
            writer.write(entry)
    return path
