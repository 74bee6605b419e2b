"""Quarantined rows: corrected by two people, or stored as they are once the cause is gone.

A re-driven row's `source` is its own id in quarantine, so doing it twice changes nothing.
"""

from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Missing, Refused
from txhub.batch.models import QuarantinedRow
from txhub.batch.reading_again import StillRefused, parsed, sourced
from txhub.batch.rejects import seal_correction
from txhub.batch.statuses import RowStatus
from txhub.domain.pan import mask_pans
from txhub.domain.storing import Outcome
from txhub.services import store_entries

_UNDECIDED = (RowStatus.OPEN, RowStatus.CORRECTED)


class RowMissing(Missing):
    """There is no such quarantined row."""

    code = "quarantined_row_missing"


class RowDecided(Conflict):
    """This row is stored or discarded already."""

    code = "quarantined_row_decided"


class CardNumberGiven(Refused):
    """A full card number is never kept: leave the masked one, or have the file sent again."""

    code = "card_number_given"


def row_named(row_id: str) -> QuarantinedRow:
    """Raises `RowMissing`."""
    try:
        return QuarantinedRow.objects.select_related("instance").get(pk=row_id)
    except QuarantinedRow.DoesNotExist:
        raise RowMissing from None


def check_correction(row: QuarantinedRow, corrected: str) -> None:
    """For whoever is about to keep a correction. Raises `CardNumberGiven` or `StillBad`."""
    if mask_pans(corrected) != corrected:
        raise CardNumberGiven
    parsed(row, corrected)


def correct(row_id: str, corrected: str, *, clock: Clock = utc_now) -> Outcome:
    """Puts a corrected row of the file in the row's place, and stores it.

    Raises `RowMissing`, `RowDecided`, and as `check_correction` and `redrive` do; the row then
    stays open.
    """
    row = row_named(row_id)
    check_correction(row, corrected)
    QuarantinedRow.objects.filter(pk=row_id, status__in=_UNDECIDED).update(
        correction=seal_correction(row, corrected.encode()), status=RowStatus.CORRECTED
    )
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
    stored = store_entries([sourced(row)])[0]
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
