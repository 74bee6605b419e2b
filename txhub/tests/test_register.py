"""The register: every id is found in all its slots, in a few small reads, whoever else writes."""

import random
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from secrets import token_hex
from threading import Thread

import pytest

from aws.dynamodb import Key, transact
from kernel.errors import Conflict
from kernel.ids import random_id
from txhub.domain.entities import AccountId
from txhub.domain.slots import Slot
from txhub.repository import REGISTER, Registered, register_digest
from txhub.repository.register import Node, node_from_item, node_to_item

DAY = date(2026, 5, 4)
IDS_MAX = 256


def an_account() -> AccountId:
    return AccountId(random_id("acc"))


def ids(count: int) -> list[str]:
    return [random_id("txn") for _ in range(count)]


def slot(number: int, *, pending: bool = False) -> Slot:
    return Slot(pending, DAY + timedelta(days=number % 400), number)


def look(account: AccountId, wanted: Collection[str] = ()) -> Registered:
    return REGISTER.look_up({account: wanted})[account]


def file(account: AccountId, slots: dict[str, Slot]) -> None:
    """As a writer does: look, reserve, tidy up."""
    registered = look(account, slots)
    transact([REGISTER.reserving(registered, slots)])
    REGISTER.tidy(registered)


def count(node: Node) -> int:
    return len(list(node.filed))


def nodes(account: AccountId) -> list[Node]:
    items = REGISTER.query_all(account, sort=Key("sk").begins_with("R#"), consistent=True)
    return [node_from_item(item) for item in items]


class TestLookUp:
    def test_finds_what_was_filed_in_groups_of_any_size(self) -> None:
        account, chance = an_account(), random.Random(3)  # noqa: S311
        filed = {one: slot(number) for number, one in enumerate(ids(2_500))}
        left = list(filed)
        while left:
            size = chance.choice((1, 3, 40, 700))
            file(account, {one: filed[one] for one in left[:size]})
            left = left[size:]
        found = look(account, filed).slots
        assert found == {one: [each] for one, each in filed.items()}
        assert not look(account, ids(200)).slots

    def test_finds_all_slots_of_an_id_on_whatever_level_they_lie(self) -> None:
        account, one = an_account(), random_id("txn")
        expected = []
        for number in range(4):
            expected.append(slot(number, pending=number == 0))
            file(account, {one: expected[-1]})
            file(account, dict.fromkeys(ids(300), slot(9)))  # pours what is there
        assert sorted(REGISTER.slots_of(account, one)) == sorted(expected)

    def test_keeps_accounts_apart(self) -> None:
        mine, yours, one = an_account(), an_account(), random_id("txn")
        file(mine, {one: slot(1)})
        found = REGISTER.look_up({mine: [one], yours: [one]})
        assert (found[mine].slots, found[yours].slots) == ({one: [slot(1)]}, {})

    def test_knows_the_latest_slot_of_a_posting(self) -> None:
        account = an_account()
        file(account, dict(zip(ids(3), [slot(2), slot(5), slot(390, pending=True)], strict=True)))
        file(account, {random_id("txn"): slot(3)})
        file(account, dict.fromkeys(ids(IDS_MAX), slot(4)))
        assert look(account).root.last == slot(5)

    def test_lists_everything_for_a_statement(self) -> None:
        account = an_account()
        filed = {one: slot(number) for number, one in enumerate(ids(600))}
        file(account, filed)
        listed = list(REGISTER.all_of(account))
        assert sorted(listed) == sorted((register_digest(one), each) for one, each in filed.items())


class TestSize:
    def test_of_no_node_grows_with_the_account(self) -> None:
        account = an_account()
        for _ in range(12):
            file(account, {one: slot(1) for one in ids(1_000)})
        for _ in range(40):
            file(account, {one: slot(1) for one in ids(8)})
        sizes = {node.prefix: count(node) for node in nodes(account)}
        assert sum(sizes.values()) == 12_320
        # The root has been tidied by its last writer, the others by all that met them since.
        assert sizes[""] <= IDS_MAX
        assert max(sizes.values()) <= 2 * IDS_MAX
        assert max(map(len, sizes)) == 2

    def test_of_five_hundred_small_files_stays_that_of_their_ids(self) -> None:
        account = an_account()
        for _ in range(500):
            file(account, {one: slot(1) for one in ids(1)})
        stored = nodes(account)
        assert sum(count(node) for node in stored) == 500
        assert len(stored) <= 1 + 32
        assert max(count(node) for node in stored) <= IDS_MAX

    def test_of_the_largest_call_is_taken_by_dynamodb(self) -> None:
        account = an_account()
        filed = {one: slot(1) for one in ids(10_000)}
        file(account, filed)
        assert look(account, filed).slots.keys() == filed.keys()


class TestTwoWriters:
    def test_never_file_anything_without_knowing_of_each_other(self) -> None:
        account = an_account()
        first, second = look(account), look(account)
        transact([REGISTER.reserving(first, {random_id("txn"): slot(1)})])
        with pytest.raises(Conflict):
            transact([REGISTER.reserving(second, {random_id("txn"): slot(2)})])

    @pytest.mark.parametrize("before", [1, IDS_MAX + 1])
    def test_find_what_the_other_one_filed_and_poured(self, before: int) -> None:
        account, one = an_account(), random_id("txn")
        file(account, {each: slot(1) for each in ids(before)})
        stale = look(account, [one])
        file(account, {one: slot(7), **dict.fromkeys(ids(IDS_MAX), slot(1))})
        with pytest.raises(Conflict):
            transact([REGISTER.reserving(stale, {one: slot(8)})])
        assert look(account, [one]).slots == {one: [slot(7)]}

    def test_pour_one_node_once(self) -> None:
        account = an_account()
        filed = {one: slot(1) for one in ids(IDS_MAX + 1)}
        registered = look(account)
        transact([REGISTER.reserving(registered, filed)])
        late = look(account)
        REGISTER.tidy(registered)
        file(account, {random_id("txn"): slot(2)})
        REGISTER.tidy(late)  # knows the root as it was before
        assert sum(count(node) for node in nodes(account)) == IDS_MAX + 2
        assert look(account, filed).slots.keys() == filed.keys()

    def test_and_readers_never_miss_an_id_that_was_filed(self) -> None:
        account = an_account()
        early = {one: slot(1) for one in ids(60)}
        file(account, early)
        with writing(account):
            for _ in range(60):
                assert look(account, early).slots.keys() == early.keys()


@contextmanager
def writing(account: AccountId) -> Iterator[None]:
    """Somebody fills the register, so that all of it is poured again and again."""
    stop: list[bool] = []

    def fill() -> None:
        while not stop:
            file(account, {one: slot(1) for one in ids(300)})

    writer = Thread(target=fill)
    writer.start()
    try:
        yield
    finally:
        stop.append(True)
        writer.join()


class TestNode:
    def test_comes_back_from_its_item_as_it_was(self) -> None:
        node = Node(
            account_id=AccountId(token_hex(8)),
            prefix="ab",
            packed=bytes(range(32)),
            poured=True,
            last=Slot(True, date(9999, 12, 31), 10**12 - 1),
            version=3,
        )
        assert node_from_item(node_to_item(node)) == node
