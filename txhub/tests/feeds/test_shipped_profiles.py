"""What the shipped profiles decide about their feeds, on made-up rows."""

from datetime import date
from pathlib import Path

import pytest

from txhub.domain.entries import Kind
from txhub.feeds import Bad, Parsed, Row, profile_named
from txhub.feeds.profiles import PROFILES_DIR, load_profile
from txhub.tests.feeds.samples import only_bad, only_entry, rows_of


class TestThePurchaseCardProfile:
    """Amounts stand in one of two columns, and foreign purchases have two of them."""

    HEADER = (
        "SOURCE_FILE,SOURCE_ROW,TRANS DATE,MERCHANT NAME,CARD NUMBER,ORIGINAL GROSS AMT,"
        "ORIGINAL CUR,BILLING GROSS AMT,BILLING CUR CODE,TRANS VAT DESC,TRANS CAC CODE 1,"
        "TRANS CAC DESC 1,"
        "TRANS CAC CODE 2,TRANS CAC DESC 2,TRANS CAC CODE 3,DIRECTORATE\n"
    )

    def read(self, original: str, currency: str, billed: str, billing_currency: str) -> Row:
        text = (
            f"{self.HEADER}a.xls,2,2017-01-03,made up cafe,************0000,{original},{currency},"
            f"{billed},{billing_currency},VR,X1,Food,R1,An office,A00,A place\n"
        )
        (row,) = rows_of(text, profile_named("birmingham_pcard"))
        return row

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            (("72.61", "GBP", "72.61", "GBP"), (-7261, None, None)),
            (("20", "", "", ""), (-2000, None, None)),
            (("20", "", "", "GBP"), (-2000, None, None)),
            (("-65.52", "PLN", "-13.49", "GBP"), (1349, 6552, "PLN")),
            (("2389.6", "HRK", "291.6", "GBP"), (-29160, -238960, "HRK")),
        ],
    )
    def test_takes_the_billed_amount_and_keeps_a_foreign_one(
        self, fields: tuple[str, str, str, str], expected: tuple[int, int | None, str | None]
    ) -> None:
        row = self.read(*fields)
        assert isinstance(row, Parsed)
        entry = row.entry
        assert (entry.amount_minor, entry.original_minor, entry.original_currency) == expected
        assert entry.currency == "GBP"
        assert entry.kind is (Kind.REFUND if entry.amount_minor > 0 else Kind.CARD)

    def test_does_not_take_a_foreign_amount_for_a_billed_one(self) -> None:
        row = self.read("100", "USD", "", "GBP")
        assert isinstance(row, Bad)
        assert row.code == "field_missing"


def test_a_profile_of_the_project_is_a_file_that_anybody_may_copy(tmp_path: Path) -> None:
    text = (PROFILES_DIR / "berka.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("name: berka", "name: mine"), encoding="utf-8")
    assert load_profile(tmp_path / "mine.yaml").csv == load_profile(PROFILES_DIR / "berka.yaml").csv


class TestTheBerkaProfile:
    HEADER = (
        '"trans_id";"account_id";"date";"type";"operation";"amount";"balance";"k_symbol";"bank"'
        ';"account"\r\n'
    )

    @pytest.mark.parametrize(
        ("way", "operation", "symbol", "minor", "kind"),
        [
            ("PRIJEM", "VKLAD", "", 70000, Kind.CASH),
            ("VYDAJ", "VYBER", "", -70000, Kind.CASH),
            ("VYBER", "VYBER", "", -70000, Kind.CASH),
            ("PRIJEM", "", "UROK", 70000, Kind.INTEREST),
            ("VYDAJ", "VYBER", "SLUZBY", -70000, Kind.FEE),
            ("VYDAJ", "PREVOD NA UCET", " ", -70000, Kind.TRANSFER),
        ],
    )
    def test_takes_direction_and_kind_from_the_banks_codes(
        self, way: str, operation: str, symbol: str, minor: int, kind: Kind
    ) -> None:
        row = f'1;576;930131;"{way}";"{operation}";700.00;-12.30;"{symbol}";;\r\n'
        entry = only_entry(rows_of(self.HEADER + row, profile_named("berka")))
        assert (entry.amount_minor, entry.balance_minor) == (minor, -1230)
        assert (entry.kind, entry.currency) == (kind, "CZK")
        assert entry.posted_on == date(1993, 1, 31)

    def test_knows_no_other_direction(self) -> None:
        row = '1;576;930131;"STORNO";"";700.00;1.00;"";;\r\n'
        assert only_bad(rows_of(self.HEADER + row, profile_named("berka"))).code == "bad_value"
