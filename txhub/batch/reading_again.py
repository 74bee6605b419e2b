"""A quarantined row read again, from what was kept of it and from the archived file."""

from dataclasses import replace
from datetime import date

import orjson

from kernel.errors import Refused
from txhub.batch.chunks import origin_of
from txhub.batch.models import JobInstance, QuarantinedRow
from txhub.batch.reading import (
    bank_zone,
    encoding_of,
    first_line,
    latest_day_of,
    lines_from,
    open_landed,
)
from txhub.batch.rejects import open_correction, open_row
from txhub.batch.rows import Names, chunk_line, filed_row
from txhub.batch.statuses import RowStatus
from txhub.domain.entities import AccountId
from txhub.domain.entries import Entry, SourcedEntry
from txhub.domain.pan import mask_pans, unmasked
from txhub.feeds import open_feed
from txhub.feeds.hub_record import DetailParser, split_record
from txhub.feeds.profiles import profile_named
from txhub.feeds.rows import Bad, Parsed
from txhub.services import NewAccount, known_accounts, open_accounts

_MASK = "****"


class StillBad(Refused):
    """The row still does not validate."""

    code = "row_still_bad"


class StillRefused(Refused):
    """The row still cannot be stored."""

    code = "row_still_refused"


def sourced(row: QuarantinedRow) -> SourcedEntry:
    """The row as it can be stored, corrected or as it is; its account is open.

    Raises `StillBad`, `StillRefused`, and what reading the archive raises.
    """
    instance, origin = row.instance, origin_of(row.pk, row.instance.file)
    if not row.is_raw and not row.correction:
        known = origin.sourced(orjson.loads(open_row(row)))
        _ensure_account(instance, AccountId(known.account_id), known.entry)
        return replace(known, redriven=True)
    names = Names.of(instance, open_landed(instance).header)
    entry = _entry(row)
    filed = filed_row(entry, names)
    name = filed[4] or names.of_identity(filed[0], filed[1], filed[5], _ordinal(row, entry))
    _ensure_account(instance, filed[0], entry)
    return replace(origin.sourced(orjson.loads(chunk_line((name, filed)))), redriven=True)


def as_in_file(row: QuarantinedRow) -> str:
    """The row as it stands in the file, its card numbers masked. Who shows it audits that."""
    if row.is_raw:
        return open_row(row).decode(_encoding(row))
    return mask_pans(_original(row))


def parsed(row: QuarantinedRow, masked: str) -> Entry:
    """What a text in the place of the row says, with its card numbers. Raises `StillBad`."""
    instance = row.instance
    profile = profile_named(instance.profile)
    latest = latest_day_of(instance)
    try:
        text = unmasked(masked, _original(row)) if _MASK in masked else masked
        if profile.csv is None:
            return _record(row, text, latest)
        raw = text.rstrip("\r\n").encode(_encoding(row))
        lines = [first_line(instance), b"\n", raw, b"\n"]
        rows = list(open_feed(lines, profile, zone=bank_zone(), latest=latest).rows)
    except (Refused, UnicodeEncodeError) as fault:
        raise StillBad(_why(fault)) from None
    if len(rows) != 1 or not isinstance(rows[0], Parsed):
        bad = next((each for each in rows if isinstance(each, Bad)), None)
        raise StillBad(f"{bad.code}: {bad.reason}" if bad else "give exactly one row of the file")
    return replace(rows[0].entry, line=row.line)


def _entry(row: QuarantinedRow) -> Entry:
    if row.correction:
        return parsed(row, open_correction(row).decode())
    return parsed(row, as_in_file(row))


def _original(row: QuarantinedRow) -> str:
    """From the archive: with its card numbers, so for the moment only."""
    later = (each.line for each in open_landed(row.instance).rows if each.line > row.line)
    lines = open_row(row).count(b"\n") if row.is_raw else next(later, row.line + 1) - row.line
    return lines_from(row.instance, row.line, max(1, lines)).decode(_encoding(row))


def _encoding(row: QuarantinedRow) -> str:
    return encoding_of(profile_named(row.instance.profile))


def _record(row: QuarantinedRow, text: str, latest: date) -> Entry:
    parser = DetailParser(zone=bank_zone(), business_date=row.instance.business_date, latest=latest)
    fields = split_record(text.removesuffix("\n"))
    if fields[0] != "D":
        raise StillBad("give one D record")
    return parser.entry(row.line, fields[1:])


def _why(fault: Exception) -> str:
    return f"{fault.code}: {fault.message}" if isinstance(fault, Refused) else "wrong encoding"


def _ensure_account(instance: JobInstance, account: AccountId, entry: Entry) -> None:
    if known_accounts([account]):
        return
    if not instance.create_accounts:
        raise StillRefused("no account has this number; open it first, or correct the number")
    rule = profile_named(instance.profile).account
    new = NewAccount(
        account_id=account,
        number=entry.account,
        name=rule.name,
        type=rule.type,
        currency=entry.currency,
    )
    open_accounts([new])


def _ordinal(row: QuarantinedRow, entry: Entry) -> int:
    """Which repetition of its purchase this row is: equal rows of the file, and those re-driven.

    A row that did not validate had no ordinal, so it comes after all that had one.
    """
    equal = 0
    for other in open_landed(row.instance).rows:
        if isinstance(other, Parsed) and _is_same(other.entry, entry):
            if other.line == row.line:
                return equal
            equal += 1
    redriven = QuarantinedRow.objects.filter(
        instance=row.instance, is_raw=True, status=RowStatus.REDRIVEN
    ).select_related("instance")
    return equal + sum(_is_same(_entry(each), entry) for each in redriven)


def _is_same(one: Entry, other: Entry) -> bool:
    mine = (one.account, one.booked_day, one.identity)
    return mine == (other.account, other.booked_day, other.identity)
