"""Writes the hub's own feed file, record by record, in bounded memory."""

import hashlib
from datetime import datetime
from types import TracebackType
from typing import BinaryIO, Self

from txhub.domain.entries import Entry, Status
from txhub.feeds.hub import FORMAT_VERSION
from txhub.feeds.hub_record import BOOKED, CREDIT, DEBIT, PENDING, YES, Amount, escaped
from txhub.feeds.hub_totals import ControlTotals
from txhub.feeds.rows import FeedHeader

_HELD_RECORDS = 512  # written, and hashed, together


class HubWriter:
    """`with HubWriter(file, header) as writer: writer.write(entry)`; the end of the `with` writes
    totals and trailer, unless an error is on its way: such a file stays without a trailer.
    """

    def __init__(self, out: BinaryIO, header: FeedHeader) -> None:
        self._out = out
        self._hash = hashlib.sha256()
        self._totals = ControlTotals()
        self._held = [_header_record(header)]
        self.records = 0

    def write(self, entry: Entry) -> None:
        """Appends a D record. The entry needs a `source_id`; its `line` is not used."""
        self._totals.add(_amount(entry))
        self._held.append(detail_record(entry))
        self.records += 1
        if len(self._held) >= _HELD_RECORDS:
            self._flush()

    def totals(self) -> dict[str, tuple[int, int]]:
        """Sums of debits and credits by currency, so far."""
        return self._totals.counted()

    def close(self) -> None:
        for currency, (debits, credits) in self._totals.counted().items():
            self._held.append(f"C|{currency}|{debits}|{credits}\n")
        self._flush()
        self._out.write(f"T|{self.records}|{self._hash.hexdigest()}\n".encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error: type[BaseException] | None,
        _value: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()

    def _flush(self) -> None:
        data = "".join(self._held).encode()
        self._held.clear()
        self._hash.update(data)
        self._out.write(data)


def detail_record(entry: Entry) -> str:
    """The D record of an entry, line end included."""
    assert entry.source_id is not None, "the hub's format has ids"
    fields = (
        "D",
        entry.action.value,
        escaped(entry.source_id),
        escaped(entry.account),
        PENDING if entry.status is Status.PENDING else BOOKED,
        DEBIT if entry.amount_minor < 0 else CREDIT,
        str(abs(entry.amount_minor)),
        entry.currency,
        entry.posted_on.isoformat() if entry.posted_on else "",
        entry.value_on.isoformat() if entry.value_on else "",
        _moment(entry.occurred_at) if entry.occurred_at else "",
        escaped(entry.auth_code or ""),
        entry.mcc or "",
        entry.country or "",
        escaped(entry.merchant or ""),
        escaped(entry.description),
        "" if entry.original_minor is None else str(abs(entry.original_minor)),
        entry.original_currency or "",
        escaped(entry.reversal_of or ""),
        "" if entry.balance_minor is None else str(entry.balance_minor),
        *([YES] if entry.final else []),
    )
    return "|".join(fields) + "\n"


def _header_record(header: FeedHeader) -> str:
    fields = (
        "H",
        FORMAT_VERSION,
        escaped(header.feed),
        header.kind.value,
        header.business_date.isoformat(),
        str(header.sequence),
        header.coverage.value,
    )
    return "|".join(fields) + "\n"


def _amount(entry: Entry) -> Amount:
    return Amount(abs(entry.amount_minor), entry.currency, entry.amount_minor < 0)


def _moment(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat() + "Z"
