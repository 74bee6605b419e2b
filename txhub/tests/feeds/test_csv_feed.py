from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txhub.domain.entries import Kind
from txhub.feeds import Bad, Parsed, Profile, Row, Skipped
from txhub.feeds.csv_feed import HeaderMismatch
from txhub.feeds.lines import FeedEmpty
from txhub.tests.feeds import samples
from txhub.tests.feeds.samples import HEADER, PROFILE, ROW, only_bad, only_entry, rows_of


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    return samples.profile(tmp_path_factory.mktemp("profiles"))


def with_field(place: int, value: str) -> str:
    fields = ROW.rstrip("\n").split(",")
    fields[place] = value
    return HEADER + ",".join(fields) + "\n"


class TestACsvFeed:
    def test_becomes_entries(self, bank: Profile) -> None:
        entry = only_entry(rows_of(HEADER + ROW, bank))
        assert (entry.line, entry.account, entry.source_id) == (2, "100200", "1")
        assert (entry.amount_minor, entry.currency) == (-1250, "GBP")
        assert entry.posted_on == entry.occurred_on == date(2026, 1, 31)
        assert (entry.description, entry.merchant, entry.occurred_at) == (
            "Corner Pantry",
            None,
            None,
        )

    @pytest.mark.parametrize("line_end", ["\n", "\r\n"])
    def test_may_have_either_line_end(self, bank: Profile, line_end: str) -> None:
        text = (HEADER + ROW + ROW).replace("\n", line_end)
        assert [row.line for row in rows_of(text, bank)] == [2, 3]
        assert all(isinstance(row, Parsed) for row in rows_of(text, bank))

    def test_may_lack_the_last_line_end_and_have_blank_lines(self, bank: Profile) -> None:
        rows = rows_of(HEADER + "\n" + ROW + "\n\n" + ROW.rstrip("\n"), bank)
        assert [row.line for row in rows] == [3, 6]

    def test_may_have_a_byte_order_mark_and_spaces(self, bank: Profile) -> None:
        text = "\ufeff" + HEADER + "1, 100200 ,2026-01-31, -12.50,, Corner  Pantry \n"
        entry = only_entry(rows_of(text, bank))
        assert (entry.account, entry.currency) == ("100200", "GBP")
        assert entry.description == "Corner Pantry"

    def test_may_have_its_columns_in_another_order(self, bank: Profile) -> None:
        text = "day,id,text,account,currency,amount\n2026-01-31,9,Tea,100200,GBP,1\n"
        entry = only_entry(rows_of(text, bank))
        assert (entry.source_id, entry.amount_minor, entry.description) == ("9", 100, "Tea")

    def test_may_hold_delimiters_quotes_and_line_ends_in_quotes(self, bank: Profile) -> None:
        text = HEADER + '1,100200,2026-01-31,1,GBP,"a, ""b""\nc"\n' + ROW
        first, second = rows_of(text, bank)
        assert isinstance(first, Parsed)
        assert first.entry.description == 'a, "b" c'
        assert (first.line, second.line) == (2, 4)

    def test_may_hold_a_quote_inside_an_unquoted_field(self, bank: Profile) -> None:
        assert only_entry(rows_of(with_field(5, 'a"b"'), bank)).description == 'a"b"'

    def test_keeps_no_card_number(self, bank: Profile) -> None:
        entry = only_entry(rows_of(with_field(5, "to 4111 1111 1111 1111"), bank))
        assert entry.description == "to ****1111"

    def test_counts_lines_right_however_it_is_cut(self, bank: Profile) -> None:
        data = (HEADER + '1,1,2026-01-31,1,GBP,"x\ny"\n' * 50).encode()
        rows = rows_of((data[at : at + 7] for at in range(0, len(data), 7)), bank)
        assert [row.line for row in rows] == list(range(2, 102, 2))

    @given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
    def test_accounts_for_every_line_of_nonsense(self, bank: Profile, text: str) -> None:
        lines = text.split("\n")
        rows = rows_of(HEADER + text, bank)
        assert all(isinstance(row, Bad | Parsed) for row in rows)
        raw = b"".join(row.raw for row in rows if isinstance(row, Bad)).decode()
        assert raw.replace("\n", "") == "".join(line for line in lines if line)


class TestABadRow:
    @pytest.mark.parametrize(
        ("amount", "code"),
        [
            ("1.234,56", "field_count"),  # the comma is this feed's delimiter
            ('"1.234,56"', "bad_amount"),
            ("1e5", "bad_amount"),
            ("NaN", "bad_amount"),
            ("Infinity", "bad_amount"),
            ("(12.00)", "bad_amount"),
            ("12.345", "bad_amount"),
            ("1234567890123456789", "bad_amount"),
            ('"1,234.56"', "bad_amount"),
            ("12.", "bad_amount"),
            ("--5", "bad_amount"),
            ("\u0661\u0662", "bad_amount"),
            ("", "field_missing"),
        ],
    )
    def test_has_an_amount_that_is_not_in_the_format(
        self, bank: Profile, amount: str, code: str
    ) -> None:
        assert only_bad(rows_of(with_field(3, amount), bank)).code == code

    @pytest.mark.parametrize(
        ("place", "value", "code"),
        [
            (0, "", "field_missing"),
            (0, "x" * 201, "field_too_long"),
            (1, "", "field_missing"),
            (2, "2026-02-30", "bad_date"),
            (2, "1066-10-14", "bad_date"),
            (2, "", "field_missing"),
            (4, "XXX", "unknown_currency"),
            (4, "gbp", "unknown_currency"),
            (5, "x" * 2001, "field_too_long"),
            (5, "a,b", "field_count"),
        ],
    )
    def test_has_a_code_for_what_is_wrong(
        self, bank: Profile, place: int, value: str, code: str
    ) -> None:
        assert only_bad(rows_of(with_field(place, value), bank)).code == code

    def test_names_the_column_and_quotes_nothing(self, bank: Profile) -> None:
        bad = only_bad(rows_of(with_field(3, "secret99"), bank))
        assert bad.reason.startswith("amount: ")
        assert "secret99" not in bad.reason

    def test_keeps_its_line_as_it_stood(self, bank: Profile) -> None:
        text = HEADER + ROW + 'é,"two\r\nlines",2026-01-31,x,GBP,t\r\n' + ROW
        (bad,) = [row for row in rows_of(text, bank) if isinstance(row, Bad)]
        assert bad.line == 3
        assert bad.raw == 'é,"two\r\nlines",2026-01-31,x,GBP,t\r\n'.encode()

    def test_keeps_the_bytes_of_another_encoding(self, tmp_path: Path) -> None:
        bank = samples.profile(tmp_path, PROFILE + "encoding: cp1252\n")
        data = (HEADER + "é,1,x,1,GBP,€\n").encode("cp1252")
        assert only_bad(rows_of(data, bank)).raw == "é,1,x,1,GBP,€\n".encode("cp1252")

    def test_with_an_open_quote_does_not_swallow_the_rows_after_it(self, bank: Profile) -> None:
        text = HEADER + '1,1,2026-01-31,1,GBP,"open\n' + ROW * 5_000
        rows = rows_of(text, bank)
        assert isinstance(rows[0], Bad)
        assert (rows[0].line, rows[0].code) == (2, "broken_quotes")
        assert rows[0].raw == b'1,1,2026-01-31,1,GBP,"open\n'
        assert [row.line for row in rows[1:]] == list(range(3, 5_003))
        assert all(isinstance(row, Parsed) for row in rows[1:])

    def test_with_letters_after_its_quotes_is_not_guessed_at(self, bank: Profile) -> None:
        first, second = rows_of(HEADER + '1,1,2026-01-31,1,GBP,"a"b\n' + ROW, bank)
        assert isinstance(first, Bad)
        assert isinstance(second, Parsed)

    def test_is_dated_too_far_ahead(self, bank: Profile) -> None:
        assert only_bad(rows_of(HEADER + ROW, bank, date(2026, 1, 30))).code == "date_in_future"
        assert only_entry(rows_of(HEADER + ROW, bank, date(2026, 1, 31)))


class TestAFileOfAnotherKind:
    def test_lacks_a_column_and_is_told_which(self, bank: Profile) -> None:
        with pytest.raises(HeaderMismatch, match="no column 'currency'"):
            rows_of("id,account,day,amount,text\n" + ROW, bank)

    def test_has_a_column_too_many_and_is_told_which(self, bank: Profile) -> None:
        with pytest.raises(HeaderMismatch, match="knows no column 'fee'"):
            rows_of(HEADER.replace("\n", ",fee\n"), bank)

    def test_has_a_column_twice(self, bank: Profile) -> None:
        with pytest.raises(HeaderMismatch, match="twice"):
            rows_of(HEADER.replace("\n", ",text\n"), bank)

    def test_is_in_the_hubs_own_format(self, bank: Profile) -> None:
        with pytest.raises(HeaderMismatch):
            rows_of(samples.hub_file(), bank)

    def test_ends_its_lines_with_cr_alone(self, bank: Profile) -> None:
        with pytest.raises(HeaderMismatch):
            rows_of((HEADER + ROW).replace("\n", "\r"), bank)

    def test_is_empty(self, bank: Profile) -> None:
        with pytest.raises(FeedEmpty):
            rows_of(b"", bank)

    def test_has_a_header_alone_and_so_no_rows(self, bank: Profile) -> None:
        assert rows_of(HEADER, bank) == []


class TestTheRulesOfAProfile:
    def read(self, folder: Path, found: str, put: str, row: str, header: str = HEADER) -> Row:
        assert found in PROFILE
        (result,) = rows_of(header + row, samples.profile(folder, PROFILE.replace(found, put)))
        return result

    def test_may_take_a_positive_amount_for_money_out(self, tmp_path: Path) -> None:
        row = self.read(tmp_path, "positive_is: in", "positive_is: out", ROW)
        assert isinstance(row, Parsed)
        assert row.entry.amount_minor == 1250

    def test_may_read_continental_amounts(self, tmp_path: Path) -> None:
        marks = "positive_is: in, decimal: ',', grouping: '.'"
        put = '1,1,2026-01-31,"-1.234.567,89",EUR,x\n'
        row = self.read(tmp_path, "positive_is: in", marks, put)
        assert isinstance(row, Parsed)
        assert row.entry.amount_minor == -123_456_789

    @pytest.mark.parametrize(
        ("way", "amount", "expected"),
        [("C", "5", 500), ("D", "5", -500), ("X", "5", "bad_value"), ("C", "-5", "bad_amount")],
    )
    def test_may_take_the_direction_from_a_column(
        self, tmp_path: Path, way: str, amount: str, expected: int | str
    ) -> None:
        rule = "direction: {column: text, in: C, out: [D]}"
        row = self.read(tmp_path, "positive_is: in", rule, f"1,1,2026-01-31,{amount},GBP,{way}\n")
        got: int | str = row.entry.amount_minor if isinstance(row, Parsed) else ""
        assert (row.code if isinstance(row, Bad) else got) == expected

    def test_may_leave_rows_out_on_purpose(self, tmp_path: Path) -> None:
        rule = "id: id\nskip: [{where: {text: [VOID]}, reason: voided by the bank}]"
        row = self.read(tmp_path, "id: id", rule, "x,x,x,x,x,VOID\n")
        assert row == Skipped(2, "voided by the bank")

    def test_choose_the_kind_by_the_first_that_fits(self, tmp_path: Path) -> None:
        rules = (
            "id: id\ndefault_kind: card\nkinds:\n"
            "  - {kind: fee, where: {text: [Fee, Charge]}}\n"
            "  - {kind: refund, direction: in}\n"
        )
        bank = samples.profile(tmp_path, PROFILE.replace("id: id\n", rules))
        row = "1,1,2026-01-31,{},GBP,{}\n"
        text = HEADER + "".join(
            row.format(*each) for each in [("5", "Fee"), ("5", "x"), ("-5", "x")]
        )
        kinds = [row.entry.kind for row in rows_of(text, bank) if isinstance(row, Parsed)]
        assert kinds == [Kind.FEE, Kind.REFUND, Kind.CARD]

    def test_may_say_which_capture_is_the_last(self, tmp_path: Path) -> None:
        rule = "id: id\nfinal: {text: [LAST, 1 OF 1], currency: GBP}"
        bank = samples.profile(tmp_path, PROFILE.replace("id: id", rule))
        rows = [("GBP", "LAST"), ("GBP", "1 OF 1"), ("EUR", "LAST"), ("GBP", "x")]
        text = HEADER + "".join(f"1,1,2026-01-31,5,{each[0]},{each[1]}\n" for each in rows)
        finals = [row.entry.final for row in rows_of(text, bank) if isinstance(row, Parsed)]
        assert finals == [True, True, False, False]
        assert not only_entry(rows_of(HEADER + ROW, samples.profile(tmp_path))).final

    def test_may_read_times_in_the_zone_of_the_bank(self, tmp_path: Path) -> None:
        rule = 'occurred_at: {column: day, format: "%Y-%m-%d %H:%M:%S", zone: bank}'
        found = 'posted_on: {column: day, format: "%Y-%m-%d"}'
        row = self.read(tmp_path, found, rule, "1,1,2026-07-01 00:30:00,1,GBP,x\n")
        assert isinstance(row, Parsed)
        assert row.entry.occurred_at == datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
        assert row.entry.posted_on == row.entry.occurred_on == date(2026, 7, 1)

    def test_may_join_columns_to_a_text_without_the_empty_ones(self, tmp_path: Path) -> None:
        bank = samples.profile(tmp_path, PROFILE.replace('"{text}"', "[text, currency, account]"))
        entry = only_entry(rows_of(HEADER + "7,1,2026-01-31,1,,x\n", bank))
        assert entry.description == "x · 1"

    def test_check_codes(self, tmp_path: Path) -> None:
        rule = 'mcc: "{text}"\ndescription: "{text}"'
        row = self.read(tmp_path, 'description: "{text}"', rule, ROW)
        assert isinstance(row, Bad)
        assert (row.code, row.reason) == ("bad_value", "mcc: expected four digits (ISO 18245)")


class TestARowWithoutAnId:
    @pytest.fixture
    def bank(self, tmp_path: Path) -> Profile:
        rule = "identity: [text]\ncoverage: complete\n"
        return samples.profile(tmp_path, PROFILE.replace("id: id\n", rule))

    def test_is_known_by_day_amount_and_the_columns_of_its_identity(self, bank: Profile) -> None:
        entry = only_entry(rows_of(HEADER + ROW, bank))
        assert entry.source_id is None
        assert entry.identity == ("2026-01-31", "-1250 GBP", "", "Corner Pantry")

    def test_is_the_same_wherever_it_stands_and_however_its_amount_is_written(
        self, bank: Profile
    ) -> None:
        again = ROW.replace("1,", "2,", 1).replace(".50", ".5")
        first, second = rows_of(HEADER + ROW + again, bank)
        assert isinstance(first, Parsed)
        assert isinstance(second, Parsed)
        assert first.entry.identity == second.entry.identity

    def test_carries_no_card_number(self, bank: Profile) -> None:
        entry = only_entry(rows_of(with_field(5, "4111111111111111"), bank))
        assert entry.identity[-1] == "****1111"
