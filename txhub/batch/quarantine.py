"""Quarantined rows: corrected by two people, or stored as they are once the cause is gone.

A re-driven row's `source` is its own id in quarantine, so doing it twice changes nothing.
"""

from dataclasses import replace
from datetime import date

from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Missing, Refused
from txhub.batch.models import JobInstance, QuarantinedRow
from txhub.batch.reading import bank_zone, first_line, open_landed
from txhub.batch.rejects import open_correction, seal_correction
from txhub.batch.rows import Names, entry_of, source_of
from txhub.batch.statuses import RowStatus
from txhub.domain.entities import AccountId, TransactionId
from txhub.domain.entries import Entry, SourcedEntry
from txhub.domain.storing import Outcome
from txhub.feeds import latest_day, open_feed
from txhub.feeds.hub_record import DetailParser, split_record
from txhub.feeds.profile import Profile
from txhub.feeds.profiles import profile_named
from txhub.feeds.rows import Bad, FeedKind, Parsed
from txhub.services import NewAccount, known_accounts, open_accounts, store_entries

_UNDECIDED = (RowStatus.OPEN, RowStatus.CORRECTED)


class RowMissing(Missing):
    """There is no such quarantined row."""

    code = "quarantined_row_missing"


class RowDecided(Conflict):
    """This row is stored or discarded already."""

    code = "quarantined_row_decided"


class StillBad(Refused):
    """The row still does not validate."""

    code = "row_still_bad"


class StillRefused(Refused):
    """The row still cannot be stored."""

    code = "row_still_refused"


def row_named(row_id: str) -> QuarantinedRow:
    """Raises `RowMissing`."""
    try:
        return QuarantinedRow.objects.select_related("instance").get(pk=row_id)
    except QuarantinedRow.DoesNotExist:
        raise RowMissing from None


def correct(row_id: str, corrected: bytes, *, clock: Clock = utc_now) -> Outcome:
    """Puts a corrected line of the file in the row's place, and stores it.

    Raises `RowMissing`, `RowDecided`, and as `redrive` does; the row then stays open.
    """
    row = row_named(row_id)
    _parsed(row, corrected, clock)
    changed = QuarantinedRow.objects.filter(pk=row_id, status__in=_UNDECIDED).update(
        correction=seal_correction(row, corrected), status=RowStatus.CORRECTED
    )
    if not changed and row.status != RowStatus.REDRIVEN:
        raise RowDecided
    return redrive(row_id, clock=clock)


def redrive(row_id: str, *, clock: Clock = utc_now) -> Outcome:
    """Stores the row, as it was corrected or as it is; what became of it. Again: the same.

    Raises `RowMissing`, `RowDecided`, `StillBad`, `StillRefused`, `Unavailable`.
    """
    row = row_named(row_id)
    if row.status == RowStatus.REDRIVEN:
        return Outcome(row.outcome)
    if row.status == RowStatus.DISCARDED:
        raise RowDecided
    stored = store_entries([_sourced(row, clock)])[0]
    if stored.outcome is Outcome.REFUSED:
        raise StillRefused(stored.reason or "")
    QuarantinedRow.objects.filter(pk=row_id, status__in=_UNDECIDED).update(
        status=RowStatus.REDRIVEN, outcome=stored.outcome, decided_at=clock()
    )
    return stored.outcome


def discard(row_id: str, *, clock: Clock = utc_now) -> None:
    """The row will not be stored. Raises `RowMissing` or `RowDecided`."""
    row = row_named(row_id)
    discarded = QuarantinedRow.objects.filter(pk=row_id, status__in=_UNDECIDED).update(
        status=RowStatus.DISCARDED, decided_at=clock()
    )
    if not discarded and row.status != RowStatus.DISCARDED:
        raise RowDecided


def _sourced(row: QuarantinedRow, clock: Clock) -> SourcedEntry:
    instance = row.instance
    profile = profile_named(instance.profile)
    entry = _entry(row, clock)
    names = _names(instance, profile, clock)
    account = names.account(entry.account)
    _ensure_account(instance, profile, account, entry)
    reversal_of = entry.reversal_of
    return SourcedEntry(
        entry=entry,
        account_id=account,
        transaction_id=_name(row, entry, names, account, clock),
        source=source_of(row.pk, row.line),
        feed=instance.feed,
        reversed_id=names.of_source(account, reversal_of) if reversal_of else None,
        historical=instance.kind == FeedKind.HISTORICAL,
    )


def _name(
    row: QuarantinedRow, entry: Entry, names: Names, account: AccountId, clock: Clock
) -> TransactionId:
    if entry.source_id is not None:
        return names.of_source(account, entry.source_id)
    day, ordinal = entry.booked_day.isoformat(), _ordinal(row, entry, clock)
    return names.of_identity(account, day, entry.identity, ordinal)


def _names(instance: JobInstance, profile: Profile, clock: Clock) -> Names:
    header = open_landed(instance, clock=clock).header
    sequence = header.sequence if header else 0
    return Names.of(instance.feed, profile, instance.business_date, sequence)


def _entry(row: QuarantinedRow, clock: Clock) -> Entry:
    content = open_correction(row)
    if row.is_raw or row.correction:
        return _parsed(row, content, clock)
    return entry_of(content)


def _parsed(row: QuarantinedRow, raw: bytes, clock: Clock) -> Entry:
    """One line of the file as an entry. Raises `StillBad`."""
    instance = row.instance
    profile = profile_named(instance.profile)
    latest = latest_day(instance.business_date, clock().date())
    try:
        if profile.csv is None:
            return _parsed_record(row, raw, latest)
        lines = [first_line(instance), b"\n", raw.rstrip(b"\r\n"), b"\n"]
        parsed = list(open_feed(lines, profile, zone=bank_zone(), latest=latest).rows)
    except (Refused, UnicodeDecodeError) as fault:
        raise StillBad(_why(fault)) from None
    if len(parsed) != 1 or not isinstance(parsed[0], Parsed):
        bad = next((each for each in parsed if isinstance(each, Bad)), None)
        raise StillBad(f"{bad.code}: {bad.reason}" if bad else "give exactly one row of the file")
    return replace(parsed[0].entry, line=row.line)


def _parsed_record(row: QuarantinedRow, raw: bytes, latest: date) -> Entry:
    parser = DetailParser(zone=bank_zone(), business_date=row.instance.business_date, latest=latest)
    fields = split_record(raw.decode().removesuffix("\n"))
    if fields[0] != "D":
        raise StillBad("give one D record")
    return parser.entry(row.line, fields[1:])


def _why(fault: Exception) -> str:
    return f"{fault.code}: {fault.message}" if isinstance(fault, Refused) else "wrong encoding"


def _ensure_account(
    instance: JobInstance, profile: Profile, account: AccountId, entry: Entry
) -> None:
    if known_accounts([account]):
        return
    if not instance.create_accounts:
        raise StillRefused("no account has this number; create it first")
    rule = profile.account
    new = NewAccount(
        account_id=account,
        number=entry.account,
        name=rule.name,
        type=rule.type,
        currency=entry.currency,
    )
    open_accounts([new])


def _ordinal(row: QuarantinedRow, entry: Entry, clock: Clock) -> int:
    """Which repetition of its purchase this row is: equal rows of the file, and those re-driven.

    A row that did not validate had no ordinal, so it comes after all that had one.
    """
    equal = 0
    for other in open_landed(row.instance, clock=clock).rows:
        if isinstance(other, Parsed) and _is_same(other.entry, entry):
            if other.line == row.line:
                return equal
            equal += 1
    redriven = QuarantinedRow.objects.filter(
        instance=row.instance, is_raw=True, status=RowStatus.REDRIVEN
    ).select_related("instance")
    return equal + sum(_is_same(_entry(each, clock), entry) for each in redriven)


def _is_same(one: Entry, other: Entry) -> bool:
    mine = (one.account, one.booked_day, one.identity)
    return mine == (other.account, other.booked_day, other.identity)
