"""Transactions as a list shows them."""

from datetime import date

from kernel.money import Money
from txhub.domain.entities import Merchant, TransactionId
from txhub.domain.entries import Kind
from txhub.tests.web.samples import a_transaction, pounds
from txhub.web import rows

SUNDAY, MONDAY = date(2026, 11, 1), date(2026, 11, 2)
HALLOWEEN = date(2026, 10, 31)


class TestRows:
    def test_write_a_day_once(self) -> None:
        shown = rows.rows_of([a_transaction(MONDAY), a_transaction(MONDAY), a_transaction(SUNDAY)])
        assert [row.first_of_day for row in shown] == [True, False, True]

    def test_are_called_by_merchant_then_description_then_kind(self) -> None:
        nameless = a_transaction(MONDAY, merchant=Merchant(), kind=Kind.TRANSFER)
        assert rows.title_of(a_transaction(MONDAY)) == "Corner Coffee"
        assert rows.title_of(nameless) == "CORNER COFFEE 12 LEEDS"
        assert rows.title_of(a_transaction(MONDAY, merchant=Merchant(), description="")) == (
            "Card payment"
        )

    def test_note_what_the_title_leaves_open(self) -> None:
        refund = a_transaction(MONDAY, kind=Kind.REFUND, description="Sorry for the spill")
        (row,) = rows.rows_of([refund])
        assert row.note == "Refund · Sorry for the spill"

    def test_do_not_repeat_the_title_in_the_note(self) -> None:
        (row,) = rows.rows_of([a_transaction(MONDAY)])
        assert row.note == ""

    def test_name_the_original_amount_of_a_foreign_purchase_only(self) -> None:
        abroad = a_transaction(MONDAY, original_amount=Money(-1500, "EUR"))
        at_home = a_transaction(MONDAY, original_amount=pounds(-1250))
        assert [row.original for row in rows.rows_of([abroad, at_home])] == [
            Money(-1500, "EUR"),
            None,
        ]


class TestMonths:
    def test_begin_where_the_month_changes(self) -> None:
        months = rows.months_of([a_transaction(SUNDAY), a_transaction(HALLOWEEN)])
        assert [(month.key, len(month.rows)) for month in months] == [
            ("2026-11", 1),
            ("2026-10", 1),
        ]

    def test_are_not_named_again_where_the_page_has_the_heading(self) -> None:
        list_of = [a_transaction(SUNDAY), a_transaction(HALLOWEEN)]
        assert [month.named for month in rows.months_of(list_of, after="2026-11")] == [False, True]


class TestRelated:
    def test_tells_a_reversal_from_what_it_reverses(self) -> None:
        bought = a_transaction(SUNDAY, transaction_id=TransactionId("txn_b"))
        back = a_transaction(
            MONDAY, transaction_id=TransactionId("txn_r"), reversal_of=TransactionId("txn_b")
        )
        other = a_transaction(MONDAY, transaction_id=TransactionId("txn_o"))
        assert rows.related_to(back, [bought])[0].relation == "Reverses"
        assert rows.related_to(bought, [back, other])[0].relation == "Reversed by"
        assert rows.related_to(bought, [back, other])[1].relation == "Belongs to"
