"""Slots: every entry has one, for good, and a day's lie in the order of their balances."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from txhub.domain.entries import Action, Entry, SourcedEntry, Status
from txhub.domain.slots import Filing, Slot, assign_slots, filing_of

DAY = date(2026, 5, 4)


def posting(name: str, minor: int, balance: int | None, day: date = DAY) -> SourcedEntry:
    entry = Entry(
        line=1,
        account="a",
        amount_minor=minor,
        balance_minor=balance,
        currency="GBP",
        posted_on=day,
        occurred_on=day,
    )
    return SourcedEntry(entry=entry, account_id="acc", transaction_id=name, source=name, feed="f")


def numbers(slots: dict[Filing, Slot]) -> dict[str, int]:
    return {name: slot.order for (name, _pending, _day), slot in slots.items()}


class TestAssignSlots:
    def test_numbers_a_day_in_the_order_of_its_balances(self) -> None:
        entries = [posting("c", 5, 65), posting("a", -30, 70), posting("b", -10, 60)]
        assert numbers(assign_slots(entries, {})) == {"a": 0, "b": 1, "c": 2}

    def test_begins_each_day_with_the_balance_of_the_day_before(self) -> None:
        evening = posting("a", -20, 80)
        circle = [posting("c", 10, 80, DAY + timedelta(days=1)),
                  posting("b", -10, 70, DAY + timedelta(days=1))]  # fmt: skip
        assert numbers(assign_slots([evening, *circle], {})) == {"a": 0, "b": 0, "c": 1}

    def test_goes_on_counting_where_the_day_was_left(self) -> None:
        slots = assign_slots([posting("b", -1, 98)], {}, last=Slot(False, DAY, 6), balance=99)
        assert numbers(slots) == {"b": 7}

    def test_goes_on_from_the_account_s_balance(self) -> None:
        circle = [posting("c", 10, 100), posting("b", -10, 90)]
        yesterday = Slot(False, DAY - timedelta(days=1), 3)
        assert numbers(assign_slots(circle, {}, last=yesterday, balance=100)) == {"b": 0, "c": 1}
        assert numbers(assign_slots(circle, {}, last=yesterday, balance=90)) == {"c": 0, "b": 1}

    def test_leaves_everyone_the_slot_that_he_has(self) -> None:
        entries = [posting("a", -30, 70), posting("b", -10, 60)]
        taken = {filing_of(entries[0]): Slot(False, DAY, 4)}
        assert numbers(assign_slots(entries, taken)) == {"a": 4, "b": 5}

    def test_gives_an_id_one_slot_however_often_it_comes(self) -> None:
        first = posting("a", -30, 70)
        again = replace(first, entry=replace(first.entry, action=Action.AMEND, balance_minor=60))
        assert numbers(assign_slots([first, again, posting("b", -1, 69)], {})) == {"a": 0, "b": 1}

    def test_keeps_the_feed_s_order_where_only_some_have_balances(self) -> None:
        entries = [posting("a", -30, None), posting("c", 5, 65), posting("b", -10, 60)]
        assert numbers(assign_slots(entries, {})) == {"a": 0, "c": 1, "b": 2}

    def test_goes_by_the_moment_where_none_have(self) -> None:
        early, late = posting("z", -1, None), posting("a", -1, None)
        moment = datetime(2026, 5, 3, 23, 59, 59, tzinfo=UTC)
        late = replace(late, entry=replace(late.entry, occurred_at=moment))
        slots = numbers(assign_slots([late, early], {}))
        assert slots["z"] - slots["a"] == 1

    def test_files_pending_entries_by_their_moment_whatever_their_balance(self) -> None:
        pending = posting("a", -1, 5)
        pending = replace(
            pending, entry=replace(pending.entry, status=Status.PENDING, posted_on=None)
        )
        ((_name, slot),) = assign_slots([pending], {}).items()
        assert slot.pending
        assert slot.order > 10**9

    def test_gives_a_message_the_number_of_its_sequence(self) -> None:
        seventh, fifth = posting("a", -1, 5), posting("b", -1, 9)
        seventh, fifth = replace(seventh, sequence=7), replace(fifth, sequence=5)
        first = numbers(assign_slots([seventh], {}))
        second = numbers(assign_slots([fifth], {}, last=Slot(False, DAY, 7)))
        assert first | second == {"a": 7, "b": 5}

    def test_counts_where_a_sequence_is_too_long_for_a_number(self) -> None:
        entry = replace(posting("a", -1, 5), sequence=10**17)
        assert numbers(assign_slots([entry], {})) == {"a": 0}

    @given(st.lists(st.integers(1, 4), min_size=1, max_size=8), st.lists(st.integers(-5, 5)))
    def test_chains_an_account_s_balances_over_calls_and_days(
        self, cuts: list[int], amounts: list[int]
    ) -> None:
        balance, entries = 0, []
        for number, minor in enumerate(amounts):
            balance += minor
            day = DAY + timedelta(days=number // 5)
            entries.append(posting(f"{number:03}", minor, balance, day))
        slots: dict[Filing, Slot] = {}
        at, last = 0, None
        while entries[at:]:
            size = cuts[at % len(cuts)]
            known = balance_after(entries, at)
            slots |= assign_slots(entries[at : at + size], slots, last=last, balance=known)
            last, at = max(slots.values()), at + size
        by_slot = sorted(slots, key=lambda filing: slots[filing])
        assert [name for name, _pending, _day in by_slot] == [e.transaction_id for e in entries]


def balance_after(entries: list[SourcedEntry], count: int) -> int | None:
    return entries[count - 1].entry.balance_minor if count else None
