"""What a message may say, and what is said of one that may not."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kernel.errors import Refused
from txhub.domain.entries import Action, SourcedEntry, Status
from txhub.feeds.hub_record import DETAIL_FIELDS, DetailParser
from txhub.realtime import conf
from txhub.realtime.messages import read
from txhub.tests.realtime.samples import NOON, a_message, as_json, noon

CARD = "4539578763621486"  # passes the card check


def entry_of(**facts: Any) -> SourcedEntry:
    return read(as_json(a_message(**facts)), clock=noon)


class TestAMessage:
    def test_says_what_the_same_record_of_a_file_says(self) -> None:
        foreign = {"original_minor": 1500, "original_currency": "EUR"}
        message = a_message(**foreign, balance_minor=-77, final="Y")
        texts = [str(message.get(name, "")) for name in DETAIL_FIELDS]
        parser = DetailParser(zone=UTC, business_date=NOON.date())
        assert read(as_json(message), clock=noon).entry == parser.entry(0, texts)

    def test_may_write_whole_numbers_as_texts_and_absent_facts_as_null_or_empty(self) -> None:
        plain = a_message(minor=1250, sequence=7)
        texts = {**plain, "minor": "1250", "sequence": "7", "value_on": None, "auth_code": ""}
        assert read(as_json(texts), clock=noon) == read(as_json(plain), clock=noon)

    @pytest.mark.parametrize(("said", "final"), [("Y", True), ("N", False), ("", False)])
    def test_may_be_the_last_capture(self, said: str, final: bool) -> None:
        assert entry_of(final=said).entry.final is final
        assert not entry_of().entry.final

    def test_is_named_after_its_feed_account_and_id_alone(self) -> None:
        message = a_message()
        first = read(as_json(message), clock=noon)
        again = read(as_json({**message, "minor": 9, "message_id": "other"}), clock=noon)
        elsewhere = read(as_json({**message, "account": "1"}), clock=noon)
        assert first.transaction_id == again.transaction_id != elsewhere.transaction_id
        assert first.source != again.source
        assert message["message_id"] not in first.source

    def test_keeps_its_sequence(self) -> None:
        assert entry_of(sequence=41).sequence == 41

    def test_that_is_pending_happened_when_it_says_or_else_today(self) -> None:
        said = entry_of(state="P", posted_on=None).entry
        silent = entry_of(state="P", posted_on=None, occurred_at=None).entry
        assert (said.status, said.occurred_on) == (Status.PENDING, date(2026, 5, 3))
        assert silent.occurred_on == date(2026, 5, 4)
        assert said.occurred_at == datetime(2026, 5, 3, 18, 30, tzinfo=UTC)

    def test_that_reverses_names_the_other_transaction(self) -> None:
        first = a_message()
        back = entry_of(action="REVERSE", side="C", reversal_of=first["id"])
        assert back.reversed_id == read(as_json(first), clock=noon).transaction_id
        assert back.entry.action is Action.REVERSE

    @pytest.mark.parametrize("field", ["merchant", "description"])
    def test_keeps_no_card_number(self, field: str) -> None:
        entry = entry_of(**{field: f"PAID {CARD} X"}).entry
        assert getattr(entry, field) == "PAID ****1486 X"


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an amount with decimals": ({"minor": 12.345}, "minor: "),
    "an amount that is true": ({"minor": True}, "minor: "),
    "a negative amount": ({"minor": -1}, "minor: "),
    "no amount": ({"minor": None}, "minor: missing"),
    "an unknown currency": ({"currency": "XXQ"}, "currency: "),
    "an unknown original currency": (
        {"original_currency": "QQQ", "original_minor": 1},
        "original_currency: ",
    ),
    "one original field without the other": ({"original_minor": 1}, "original_minor and "),
    "a day that never was": ({"posted_on": "2026-02-30"}, "posted_on: "),
    "a day too far ahead": ({"value_on": "2026-09-01"}, "value_on: "),
    "a moment too far ahead": ({"occurred_at": "2026-09-01T00:00:00Z"}, "occurred_at: "),
    "a moment without zone": ({"occurred_at": "2026-05-03T18:30:00"}, "occurred_at: "),
    "booked without a day": ({"posted_on": None}, "posted_on: "),
    "an unknown state": ({"state": "X"}, "state: "),
    "an unknown side": ({"side": "d"}, "side: "),
    "an unknown action": ({"action": "DELETE"}, "action: "),
    "no id": ({"id": ""}, "id: "),
    "an endless id": ({"id": "x" * 201}, "id: "),
    "an endless description": ({"description": "x" * 2001}, "description: "),
    "an endless merchant": ({"merchant": "x" * 2001}, "merchant: "),
    "an account that is a number": ({"account": 20406080}, "account: "),
    "a description that is a list": ({"description": ["x"]}, "description: "),
    "a bad category code": ({"mcc": "58"}, "mcc: "),
    "a bad country": ({"country": "gb"}, "country: "),
    "a reversal of nothing": ({"action": "REVERSE"}, "reversal_of: "),
    "a new one that reverses": ({"reversal_of": "x"}, "reversal_of: "),
    "an unknown flag": ({"final": "yes"}, "final: "),
    "a flag of what is pending": ({"final": "Y", "state": "P"}, "final: "),
    "no feed": ({"feed": None}, "feed: missing"),
    "an endless feed": ({"feed": "x" * 65}, "feed: "),
    "no message id": ({"message_id": None}, "message_id: missing"),
    "an endless message id": ({"message_id": "x" * 201}, "message_id: "),
    "no sequence": ({"sequence": None}, "sequence: missing"),
    "a negative sequence": ({"sequence": -1}, "sequence: "),
    "an endless sequence": ({"sequence": "9" * 19}, "sequence: "),
    "a misspelt field": ({"descripton": "x"}, "descripton: not a field"),
    "a field that might be data": ({"Mr John Smith": "x"}, "not a field"),
}


class TestABadMessage:
    @pytest.mark.parametrize(("facts", "said"), BAD.values(), ids=BAD.keys())
    def test_is_told_which_field_is_wrong(self, facts: dict[str, Any], said: str) -> None:
        with pytest.raises(Refused) as refused:
            entry_of(**facts)
        assert refused.value.message.startswith(said)
        assert refused.value.code != "refused"

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"\xff{}", b"NaN"])
    def test_that_is_no_object_is_refused(self, body: bytes) -> None:
        with pytest.raises(Refused) as refused:
            read(body, clock=noon)
        assert refused.value.code == "not_a_message"

    def test_is_not_quoted(self) -> None:
        secret = "SECRET77"
        for name in a_message():
            with pytest.raises(Refused) as refused:
                entry_of(**{name: f"{secret}|{'x' * 3000}"})
            assert secret not in refused.value.message

    def test_of_another_feed_is_refused_where_feeds_are_named(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(conf, "FEEDS", frozenset({"core"}))
        assert entry_of().feed == "core"
        with pytest.raises(Refused) as refused:
            entry_of(feed="cores")
        assert refused.value.code == "unknown_feed"
