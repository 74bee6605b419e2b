import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txhub.domain.entries import Action, Entry, Kind, Status
from txhub.feeds import Coverage, FeedHeader, FeedKind, Parsed, open_feed, profile_named
from txhub.feeds.hub_writer import HubWriter
from txhub.tests.feeds.samples import LONDON, hub_detail, hub_file, hub_rows, only_entry

HEADER = FeedHeader(
    feed="core",
    kind=FeedKind.MEMO,
    business_date=date(2026, 2, 2),
    sequence=12,
    coverage=Coverage.DELTA,
)

SPECIAL = ["|", "\\", "\n", "\r", "\t", '"', "D", "n", "é", "你", "🏦", "\u2028", "\x00"]
nasty = st.text(st.sampled_from(SPECIAL), max_size=12)
names = nasty.filter(bool)
codes = st.none() | names


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Any entry that the hub's format can carry, as its reader would give it back."""
    pending = draw(st.booleans())
    posted_on = draw(st.dates(date(1900, 2, 1), date(2100, 11, 1)))
    minor = draw(st.integers(-(10**15) + 1, 10**15 - 1))
    original = draw(st.none() | st.integers(0, 10**15 - 1))
    seconds = draw(st.none() | st.integers(-2_000_000_000, 4_000_000_000))
    occurred_at = (
        None if seconds is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    )
    source_id = draw(names)
    return Entry(
        line=0,
        action=draw(st.sampled_from([Action.NEW, Action.AMEND])),
        status=Status.PENDING if pending else Status.POSTED,
        account=draw(names),
        source_id=source_id,
        amount_minor=minor,
        currency=draw(st.sampled_from(["GBP", "JPY", "KWD", "EUR"])),
        posted_on=None if pending else posted_on,
        value_on=draw(st.none() | st.just(posted_on + timedelta(days=2))),
        occurred_on=posted_on,
        occurred_at=occurred_at,
        auth_code=draw(codes),
        merchant=draw(codes),
        description=draw(nasty),
        original_minor=original and (-original if minor < 0 else original),
        original_currency=None if original is None else "USD",
        balance_minor=draw(st.none() | st.integers(-(10**15) + 1, 10**15 - 1)),
        final=not pending and draw(st.booleans()),
    )


def written(made: list[Entry]) -> bytes:
    out = io.BytesIO()
    with HubWriter(out, HEADER) as writer:
        for entry in made:
            writer.write(entry)
    return out.getvalue()


class TestWriterAndReader:
    @given(st.lists(entries(), max_size=5), st.integers(1, 50))
    def test_agree_on_every_entry_there_can_be(self, made: list[Entry], size: int) -> None:
        data = written(made)
        chunks = [data[at : at + size] for at in range(0, len(data), size)]
        feed = open_feed(chunks, profile_named("hub"), zone=LONDON)
        read = [row.entry for row in feed.rows if isinstance(row, Parsed)]
        assert feed.header == HEADER
        assert [comparable(entry) for entry in read] == [comparable(entry) for entry in made]

    def test_agree_on_a_reversal(self) -> None:
        entry = only_entry(hub_rows(hub_file(hub_detail(), "C|GBP|1250|0\n")))
        reversal = replace(
            entry, action=Action.REVERSE, source_id="A2", reversal_of="A1", amount_minor=1250
        )
        again = only_entry(hub_rows(written([reversal])))
        assert (again.action, again.kind) == (Action.REVERSE, Kind.REVERSAL)
        assert (again.reversal_of, again.amount_minor) == ("A1", 1250)

    def test_leave_no_trailer_when_writing_fails(self) -> None:
        out = io.BytesIO()
        with pytest.raises(RuntimeError), HubWriter(out, HEADER):
            raise RuntimeError
        assert b"T|" not in out.getvalue()


def comparable(entry: Entry) -> Entry:
    """Without what the reader derives: line, day it happened, kind."""
    return replace(entry, line=0, occurred_on=date.min, kind=Kind.PAYMENT)
