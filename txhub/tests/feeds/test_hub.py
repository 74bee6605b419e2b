import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from txhub.domain.entries import Entry, Kind, Status
from txhub.feeds import (
    Bad,
    Parsed,
)
from txhub.feeds.hub import (
    BadControlRecord,
    BadHeader,
    CountMismatch,
    DataAfterTrailer,
    DigestMismatch,
    RecordOutOfOrder,
    TrailerMissing,
)
from txhub.feeds.hub_totals import TotalsMismatch
from txhub.feeds.lines import FeedEmpty, LineTooLong, WrongEncoding
from txhub.tests.feeds.samples import (
    HUB_HEADER,
    hub_detail,
    hub_file,
    hub_rows,
    only_bad,
    only_entry,
)

ONE = hub_detail()
TOTALS = "C|GBP|1250|0\n"


class TestADetailRecord:
    def test_becomes_an_entry(self) -> None:
        assert only_entry(hub_rows(hub_file(ONE, TOTALS))) == Entry(
            line=2,
            account="100200",
            source_id="A1",
            kind=Kind.CARD,
            amount_minor=-1250,
            currency="GBP",
            posted_on=date(2026, 2, 1),
            value_on=date(2026, 2, 2),
            occurred_on=date(2026, 1, 31),
            occurred_at=datetime(2026, 1, 31, 12, 30, tzinfo=UTC),
            auth_code="048213",
            mcc="5411",
            category="Groceries",
            country="GB",
            merchant="Corner Pantry",
            description="CORNER PANTRY LEEDS",
            balance_minor=-99,
        )

    def test_happened_on_the_day_that_the_bank_had_then(self) -> None:
        late = hub_detail(occurred_at="2026-07-01T23:30:00Z", posted_on="2026-07-03")
        assert only_entry(hub_rows(hub_file(late, TOTALS))).occurred_on == date(2026, 7, 2)

    def test_happened_on_its_booking_date_where_it_says_nothing_else(self) -> None:
        entry = only_entry(hub_rows(hub_file(hub_detail(occurred_at=""), TOTALS)))
        assert entry.occurred_on == entry.posted_on == date(2026, 2, 1)

    @pytest.mark.parametrize(
        ("posted_on", "occurred_on"), [("2026-02-05", date(2026, 2, 5)), ("", date(2026, 2, 2))]
    )
    def test_that_is_pending_has_no_booking_date(self, posted_on: str, occurred_on: date) -> None:
        pending = hub_detail(state="P", posted_on=posted_on, occurred_at="")
        entry = only_entry(hub_rows(hub_file(pending, TOTALS)))
        assert (entry.status, entry.posted_on) == (Status.PENDING, None)
        assert entry.occurred_on == occurred_on

    @pytest.mark.parametrize(
        ("fields", "kind"),
        [
            ({"mcc": "5411", "side": "C"}, Kind.REFUND),
            ({"mcc": "6011"}, Kind.CASH),
            ({"mcc": ""}, Kind.PAYMENT),
            ({"action": "REVERSE", "reversal_of": "A0"}, Kind.REVERSAL),
        ],
    )
    def test_is_of_the_kind_that_its_code_says(self, fields: dict[str, str], kind: Kind) -> None:
        totals = "C|GBP|0|1250\n" if fields.get("side") == "C" else TOTALS
        assert only_entry(hub_rows(hub_file(hub_detail(**fields), totals))).kind is kind

    @pytest.mark.parametrize(("text", "final"), [("Y", True), ("N", False)])
    def test_may_say_whether_it_is_the_last_capture(self, text: str, final: bool) -> None:
        entry = only_entry(hub_rows(hub_file(hub_detail(final=text), TOTALS)))
        assert entry.final is final
        assert entry == replace(only_entry(hub_rows(hub_file(hub_detail(), TOTALS))), final=final)

    def test_may_write_a_line_feed_as_others_do(self) -> None:
        entry = only_entry(hub_rows(hub_file(hub_detail(description=r"a\nb\|c\\n"), TOTALS)))
        assert entry.description == "a\nb|c\\n"

    def test_keeps_no_card_number(self) -> None:
        told = hub_detail(description="CARD 4111 1111 1111 1111", merchant="4111111111111111")
        entry = only_entry(hub_rows(hub_file(told, TOTALS)))
        assert (entry.description, entry.merchant) == ("CARD ****1111", "****1111")

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"action": "DELETE"}, "bad_value"),
            ({"id": ""}, "field_missing"),
            ({"account": ""}, "field_missing"),
            ({"account": "9" * 201}, "field_too_long"),
            ({"state": "X"}, "bad_value"),
            ({"posted_on": ""}, "field_missing"),
            ({"posted_on": "2026-02-30"}, "bad_date"),
            ({"posted_on": "0001-01-01"}, "bad_date"),
            ({"value_on": "tomorrow"}, "bad_date"),
            ({"occurred_at": "2026-01-31T12:30:00"}, "bad_time"),
            ({"occurred_at": "2026-01-31T12:30:00+01:00"}, "bad_time"),
            ({"occurred_at": "2026-01-31T25:30:00Z"}, "bad_time"),
            ({"occurred_at": "0001-01-01T00:00:00Z"}, "bad_date"),
            ({"mcc": "54"}, "bad_value"),
            ({"country": "gb"}, "bad_value"),
            ({"description": "x" * 2001}, "field_too_long"),
            ({"original_minor": "5"}, "field_missing"),
            ({"original_currency": "USD"}, "field_missing"),
            ({"original_minor": "5", "original_currency": "ABC"}, "unknown_currency"),
            ({"action": "REVERSE"}, "bad_reversal"),
            ({"action": "REVERSE", "reversal_of": "A1"}, "bad_reversal"),
            ({"reversal_of": "A0"}, "bad_reversal"),
            ({"balance_minor": "1.5"}, "bad_amount"),
            ({"balance_minor": "--1"}, "bad_amount"),
            ({"final": "Y", "state": "P"}, "bad_value"),
            ({"final": "Y", "action": "REVERSE", "reversal_of": "A0"}, "bad_value"),
        ],
    )
    def test_that_is_wrong_is_a_bad_row(self, fields: dict[str, str], code: str) -> None:
        record = hub_detail(**fields)
        bad = only_bad(hub_rows(hub_file(record, TOTALS)))
        assert (bad.line, bad.code, bad.raw) == (2, code, record.encode())

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"minor": "12.50"}, "bad_amount"),
            ({"minor": "-1250"}, "bad_amount"),
            ({"minor": "1" * 19}, "bad_amount"),
            ({"minor": "1e5"}, "bad_amount"),
            ({"minor": ""}, "bad_amount"),
            ({"side": "X"}, "bad_value"),
            ({"currency": "ABC"}, "unknown_currency"),
            ({"currency": "XAU"}, "unknown_currency"),
            ({"description": "a|b"}, "field_count"),
            ({"description": "a|"}, "field_count"),
            ({"description": "a|b", "final": "N"}, "field_count"),
            ({"final": ""}, "field_count"),
            ({"final": "y"}, "field_count"),
            ({"description": "a\\b"}, "bad_escape"),
        ],
    )
    @pytest.mark.parametrize("totals", ["C|GBP|2500|0\n", "C|GBP|1250|0\n"])
    def test_whose_amount_cannot_be_read_does_not_fail_the_file(
        self, fields: dict[str, str], code: str, totals: str
    ) -> None:
        first, second = hub_rows(hub_file(hub_detail(**fields), ONE, totals))
        assert isinstance(first, Bad)
        assert first.code == code
        assert isinstance(second, Parsed)

    def test_dated_too_far_ahead_is_a_bad_row(self) -> None:
        data = hub_file(ONE, TOTALS)
        assert only_bad(hub_rows(data, date(2026, 1, 31))).code == "date_in_future"
        assert only_entry(hub_rows(data, date(2026, 2, 2)))

    def test_keeps_its_line_number_behind_records_of_several_lines(self) -> None:
        two_lines = hub_detail(description="a\\\nT\\|b\\\\")
        rows = hub_rows(hub_file(two_lines, ONE.replace("A1", "A2"), "C|GBP|2500|0\n"))
        assert [row.line for row in rows] == [2, 4]
        assert isinstance(rows[0], Parsed)
        assert rows[0].entry.description == "a\nT|b\\"


class TestAFile:
    def test_may_hold_no_records_at_all(self) -> None:
        assert hub_rows(hub_file()) == []

    def test_may_promise_nothing_of_another_currency(self) -> None:
        assert len(hub_rows(hub_file(ONE, TOTALS, "C|EUR|0|0\n"))) == 1

    def test_may_lack_the_very_last_line_end_and_write_its_digest_in_capitals(self) -> None:
        before = HUB_HEADER + ONE + TOTALS
        digest = hashlib.sha256(before.encode()).hexdigest().upper()
        assert len(hub_rows(f"{before}T|1|{digest}".encode())) == 1

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "id,account\n",
            "H|2|core|daily|2026-02-02|7|full\n",
            "H|1||daily|2026-02-02|7|full\n",
            "H|1|core|weekly|2026-02-02|7|full\n",
            "H|1|core|daily|2026-02-31|7|full\n",
            "H|1|core|daily|2026-02-02|-7|full\n",
            "H|1|core|daily|2026-02-02|7|some\n",
            "H|1|core|daily|2026-02-02|7\n",
            "H|1|core|daily|2026-02-02|7|full\r\n",
        ],
    )
    def test_must_begin_with_a_valid_header(self, header: str) -> None:
        with pytest.raises(BadHeader):
            hub_rows(hub_file(ONE, TOTALS, header=header))

    def test_must_not_be_empty(self) -> None:
        with pytest.raises(FeedEmpty):
            hub_rows(b"")

    @pytest.mark.parametrize("data", [HUB_HEADER, HUB_HEADER + ONE, HUB_HEADER + ONE + TOTALS])
    def test_must_have_a_trailer(self, data: str) -> None:
        with pytest.raises(TrailerMissing):
            hub_rows(data.encode())

    @pytest.mark.parametrize(
        "totals",
        [
            "C|GBP|1249|0\n",
            "C|GBP|1250|1\n",
            "",
            "C|EUR|1250|0\n",
            "C|GBP|1250|0\nC|EUR|5|0\n",
            "C|GBP|1250|0\nC|GBP|1250|0\n",
        ],
    )
    def test_must_keep_its_totals(self, totals: str) -> None:
        with pytest.raises(TotalsMismatch):
            hub_rows(hub_file(ONE, totals))

    def test_must_not_promise_less_than_its_readable_records_make(self) -> None:
        with pytest.raises(TotalsMismatch):
            hub_rows(hub_file(hub_detail(minor="x"), ONE, "C|GBP|1249|0\n"))

    def test_must_count_its_records(self) -> None:
        digest = hashlib.sha256((HUB_HEADER + ONE + TOTALS).encode()).hexdigest()
        with pytest.raises(CountMismatch, match="counts 2 D records; there are 1"):
            hub_rows(hub_file(ONE, TOTALS, trailer=f"T|2|{digest}\n"))

    def test_must_have_the_digest_of_its_bytes(self) -> None:
        data = hub_file(ONE, TOTALS)
        with pytest.raises(DigestMismatch):
            hub_rows(data.replace(b"LEEDS", b"DELES"))

    @pytest.mark.parametrize("tail", ["C|GBP|12.5|0\n", "C|GBP|1\n", "T|one|two\n", "T|1\n"])
    def test_must_write_its_control_records_right(self, tail: str) -> None:
        with pytest.raises(BadControlRecord):
            hub_rows((HUB_HEADER + ONE + tail).encode())

    @pytest.mark.parametrize(
        "records", [(TOTALS, ONE), (ONE, HUB_HEADER), (ONE, "\n"), (ONE, "X|1\n"), (ONE, "D\n")]
    )
    def test_must_keep_the_order_of_its_records(self, records: tuple[str, ...]) -> None:
        with pytest.raises(RecordOutOfOrder, match="line "):
            hub_rows(hub_file(*records))

    @pytest.mark.parametrize("more", [b"\n", ONE.encode(), b"T|1|x\n"])
    def test_must_end_with_its_trailer(self, more: bytes) -> None:
        with pytest.raises(DataAfterTrailer, match="line 5 "):
            hub_rows(hub_file(ONE, TOTALS) + more)

    def test_must_be_utf_8(self) -> None:
        with pytest.raises(WrongEncoding, match="line 2, "):
            hub_rows(hub_file(ONE, TOTALS).replace(b"CORNER", b"CAF\xc9"))

    def test_must_not_hold_an_endless_record_of_short_lines(self) -> None:
        with pytest.raises(LineTooLong, match="line 2 "):
            hub_rows((HUB_HEADER + "D|" + ("x" * 999 + "\\\n") * 1_100).encode())
