"""A small bank's CSV, its profile, and a file in the hub's own format, to be bent by tests."""

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from txhub.domain.entries import Entry
from txhub.feeds import Bad, Parsed, Profile, Row, profile_named, read_feed
from txhub.feeds.profiles import load_profile

LONDON = ZoneInfo("Europe/London")

PROFILE = """
name: smallbank
label: A small bank
format: csv
columns: [id, account, day, amount, currency, text]
account: {namespace: smallbank, column: account}
id: id
posted_on: {column: day, format: "%Y-%m-%d"}
amount: {column: amount, positive_is: in}
currency: {column: currency, default: GBP}
description: "{text}"
"""
HEADER = "id,account,day,amount,currency,text\n"
ROW = "1,100200,2026-01-31,-12.50,GBP,Corner Pantry\n"


def profile(folder: Path, text: str = PROFILE) -> Profile:
    path = folder / "smallbank.yaml"
    path.write_text(text, encoding="utf-8")
    return load_profile(path)


def rows_of(
    chunks: Iterable[bytes] | bytes | str, of: Profile, latest: date | None = None
) -> list[Row]:
    """The rows of a whole file. Text is UTF-8."""
    if isinstance(chunks, str):
        chunks = chunks.encode()
    pieces = [chunks] if isinstance(chunks, bytes) else chunks
    return list(read_feed(pieces, of, zone=LONDON, latest=latest))


def only_entry(rows: list[Row]) -> Entry:
    (row,) = rows
    assert isinstance(row, Parsed), row
    return row.entry


def only_bad(rows: list[Row]) -> Bad:
    (row,) = rows
    assert isinstance(row, Bad), row
    return row


HUB_HEADER = "H|1|core|daily|2026-02-02|7|full\n"


def hub_detail(**fields: str) -> str:
    """A D record: a booked card purchase of 12.50, unless told otherwise."""
    usual = {
        "action": "NEW",
        "id": "A1",
        "account": "100200",
        "state": "B",
        "side": "D",
        "minor": "1250",
        "currency": "GBP",
        "posted_on": "2026-02-01",
        "value_on": "2026-02-02",
        "occurred_at": "2026-01-31T12:30:00Z",
        "auth_code": "048213",
        "mcc": "5411",
        "country": "GB",
        "merchant": "Corner Pantry",
        "description": "CORNER PANTRY LEEDS",
        "original_minor": "",
        "original_currency": "",
        "reversal_of": "",
        "balance_minor": "-99",
    }
    assert fields.keys() <= usual.keys() | {"final"}  # which a record may end before
    return "|".join(["D", *(usual | fields).values()]) + "\n"


def hub_file(*records: str, trailer: str | None = None, header: str = HUB_HEADER) -> bytes:
    """Header, these records, and the right trailer for them, or the one given."""
    before = (header + "".join(records)).encode()
    count = sum(record.startswith("D|") for record in records)
    if trailer is None:
        trailer = f"T|{count}|{hashlib.sha256(before).hexdigest()}\n"
    return before + trailer.encode()


def hub_rows(data: bytes, latest: date | None = None) -> list[Row]:
    return rows_of(data, profile_named("hub"), latest)
