"""The repository's foundation against the real engine."""

import secrets
from typing import ClassVar

import pytest

from aws.dynamodb import (
    Attr,
    Change,
    Check,
    Delete,
    Key,
    Put,
    Repository,
    Update,
    transact,
)
from aws.dynamodb.batches import _drive
from aws.resources import Table
from aws.sessions import client
from kernel.errors import Conflict, Missing, Unavailable


class ScratchTable(Table):
    """A table of these tests alone: `provision` and `infra/` know nothing of it."""


THINGS_TABLE = ScratchTable(name="things", purpose="What the repository's tests write.")


class Things(Repository):
    table: ClassVar[Table] = THINGS_TABLE


THINGS = Things()
ABSENT = Attr("pk").not_exists()


@pytest.fixture(scope="module", autouse=True)
def things() -> None:
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    client("dynamodb").create_table(
        TableName=THINGS_TABLE.physical_name,
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n, _kind in keys],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture
def pk() -> str:
    return f"thing-{secrets.token_hex(8)}"


class TestSingleItems:
    def test_come_back_as_they_were_put(self, pk: str) -> None:
        item = {
            "pk": pk,
            "sk": "a",
            "n": 7,
            "b": b"\x00\xff",
            "s": frozenset({"x"}),
            "l": [1, None],
        }
        THINGS.put(item)
        assert THINGS.get(pk, "a") == item
        assert THINGS.get(pk, "b") is None

    def test_give_the_loser_of_a_condition_what_stands_there(self, pk: str) -> None:
        THINGS.put({"pk": pk, "sk": "a", "b": b"\x01"}, condition=ABSENT)
        with pytest.raises(Conflict) as lost:
            THINGS.put({"pk": pk, "sk": "a", "b": b"\x02"}, condition=ABSENT)
        assert lost.value.stored == {"pk": pk, "sk": "a", "b": b"\x01"}

    def test_are_updated_in_all_the_ways_of_an_update(self, pk: str) -> None:
        THINGS.put({"pk": pk, "sk": "a", "n": 1, "old": "x", "s": frozenset({"x", "y"})})
        update = Update(
            set={"new": "v"},
            set_if_absent={"n": 9, "m": 9},
            subtract={"s": frozenset({"x"})},
            remove=("old",),
        )
        after = THINGS.update(pk, "a", update, condition=Attr("n").eq(1))
        assert after == {"pk": pk, "sk": "a", "n": 1, "m": 9, "new": "v", "s": frozenset({"y"})}
        with pytest.raises(Conflict) as lost:
            THINGS.update(pk, "a", Update(add={"n": 1}), condition=Attr("n").eq(5))
        assert lost.value.stored == after

    def test_are_deleted_on_condition(self, pk: str) -> None:
        THINGS.put({"pk": pk, "sk": "a", "n": 1})
        with pytest.raises(Conflict):
            THINGS.delete(pk, "a", condition=Attr("n").eq(2))
        THINGS.delete(pk, "a", condition=Attr("n").eq(1))
        assert THINGS.get(pk, "a") is None


class TestQuery:
    def test_pages_through_a_partition(self, pk: str) -> None:
        THINGS.batch_write(puts=[{"pk": pk, "sk": f"{n:03}", "n": n} for n in range(120)])
        first = THINGS.query(pk, limit=50, descending=True)
        assert [item["n"] for item in first.items] == list(range(119, 69, -1))
        second = THINGS.query(pk, limit=50, descending=True, after=first.last_key)
        assert second.items[0]["n"] == 69
        ranged = THINGS.query(pk, sort=Key("sk").between("010", "012"), filter=Attr("n").gt(10))
        assert [item["n"] for item in ranged.items] == [11, 12]
        assert len(list(THINGS.query_all(pk, limit=7))) == 120


class TestBatches:
    def test_read_write_and_delete_any_number(self, pk: str) -> None:
        THINGS.batch_write(puts=[{"pk": pk, "sk": str(n)} for n in range(260)])
        THINGS.batch_write(deletes=[(pk, str(n)) for n in range(100)])
        found = THINGS.batch_get([(pk, str(n)) for n in range(300)], consistent=True)
        assert {item["sk"] for item in found} == {str(n) for n in range(100, 260)}

    def test_send_again_what_was_left_unprocessed(self) -> None:
        answers = iter(["rest of 1", "rest of 2", None])
        sent: list[object] = []
        waits: list[float] = []

        def send(left: object) -> object:
            sent.append(left)
            return next(answers)

        _drive(send, "all", "t", sleep=waits.append, jitter=lambda _low, high: high)
        assert sent == ["all", "rest of 1", "rest of 2"]
        assert waits == [0.05, 0.1]

    def test_give_up_when_nothing_ever_goes_through(self) -> None:
        with pytest.raises(Unavailable):
            _drive(lambda left: left, "all", "t", sleep=lambda _s: None)


class TestTransactions:
    def test_do_all_or_nothing_and_name_the_losers(self, pk: str) -> None:
        THINGS.put({"pk": pk, "sk": "taken", "n": 1})
        actions = [
            Put(THINGS, {"pk": pk, "sk": "new"}, ABSENT),
            Put(THINGS, {"pk": pk, "sk": "taken"}, ABSENT),
        ]
        with pytest.raises(Conflict) as lost:
            transact(actions)
        assert lost.value.stored == [False, {"pk": pk, "sk": "taken", "n": 1}]
        assert THINGS.get(pk, "new") is None

    def test_take_every_kind_of_action(self, pk: str) -> None:
        THINGS.batch_write(puts=[{"pk": pk, "sk": each, "n": 1} for each in ("a", "b", "c")])
        one = Attr("n").eq(1)
        transact(
            [
                Change(THINGS, pk, "a", Update(add={"n": 1}), one),
                Delete(THINGS, pk, "b", one),
                Check(THINGS, pk, "c", one),
                Put(THINGS, {"pk": pk, "sk": "d"}),
            ]
        )
        assert [item["sk"] for item in THINGS.query_all(pk)] == ["a", "c", "d"]
        found = THINGS.get(pk, "a")
        assert found is not None
        assert found["n"] == 2


class TestATable:
    def test_says_missing_for_a_table_that_is_not_there(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TXHUB_PREFIX", "nobody")
        with pytest.raises(Missing):
            THINGS.get("a", "b")
