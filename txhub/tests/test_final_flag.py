"""The final flag came later than what is stored: without it, everything is as it was before."""

from dataclasses import replace
from datetime import UTC, date, datetime

from kernel.money import Money
from txhub.batch.rows import entry_of, fields_json
from txhub.domain.digests import facts_of_entry, facts_of_stored
from txhub.domain.entities import AccountId, Match, Merchant, Transaction, TransactionId
from txhub.domain.entries import Entry, Kind, Status
from txhub.domain.fits import Fit
from txhub.repository.content import content_of, plain_of
from txhub.services.conversion import transaction_of
from txhub.tests.people import an_entry

ENTRY = Entry(
    line=7,
    account="20406080",
    source_id="A1",
    kind=Kind.CARD,
    amount_minor=-1250,
    currency="GBP",
    posted_on=date(2026, 2, 1),
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
CAPTURE = Match(
    other=TransactionId("txn_b"),
    amount=Money(-1250, "GBP"),
    day=date(2026, 2, 1),
    fit=Fit.CAPTURE,
    confidence=0.99,
)
ORDER = Transaction(
    transaction_id=TransactionId("txn_a"),
    account_id=AccountId("acc_a"),
    status=Status.PENDING,
    kind=Kind.CARD,
    amount=Money(-9000, "GBP"),
    description="BOOKS",
    merchant=Merchant(name="Ritz Books"),
    occurred_on=date(2026, 1, 31),
    occurred_at=None,
    posted_on=None,
    value_on=None,
    settled_by=(CAPTURE,),
)
# Written down before there was a flag.
FACTS = "1dbe65ab82264062e4c910d374c52503"
ROW = (
    b'[7,"NEW","posted","20406080","A1",[],"card",-1250,"GBP","2026-02-01",null,"2026-01-31",'
    b'"2026-01-31T12:30:00+00:00","048213","5411","Groceries","GB","Corner Pantry",'
    b'"CORNER PANTRY LEEDS",null,null,null,null,-99]'
)
SEALED = (
    b'["card",-9000,"GBP","BOOKS","Ritz Books",null,null,"2026-01-31",null,null,null,null,null,'
    b"null,null,null,null,null,null,"
    b'[["txn_b",-1250,"GBP","2026-02-01","capture",0.99,false,null,null]]]'
)


class TestWithoutTheFlag:
    def test_facts_rows_and_sealed_bytes_are_what_they_were(self) -> None:
        assert facts_of_entry(ENTRY, None).hex() == FACTS
        assert fields_json(ENTRY) == ROW
        assert plain_of(ORDER) == SEALED

    def test_what_was_written_before_is_read(self) -> None:
        assert entry_of(ROW) == ENTRY
        assert replace(ORDER, **content_of(SEALED)) == ORDER


class TestWithTheFlag:
    def test_it_is_kept(self) -> None:
        entry = replace(ENTRY, final=True)
        order = replace(ORDER, final=True, settled_by=(replace(CAPTURE, final=True),))
        assert entry_of(fields_json(entry)) == entry
        assert replace(ORDER, **content_of(plain_of(order))) == order

    def test_it_is_a_part_of_what_the_row_says(self) -> None:
        plain = an_entry(AccountId("acc_a"), "a", date(2026, 2, 1))
        flagged = replace(plain, entry=replace(plain.entry, final=True))
        one, other = transaction_of(plain), transaction_of(flagged)
        assert one.content != other.content
        assert facts_of_stored(one) != facts_of_stored(other)
        assert facts_of_stored(other) == facts_of_entry(flagged.entry, None)
