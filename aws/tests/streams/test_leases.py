"""What the table of leases promises, on the engine and on the engine in memory."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from aws.streams import STREAM_LEASES
from aws.streams.leases import LeaseItems, LeaseLost, StreamLeases
from aws.streams.shards import Beginning, Position
from aws.tests.memory import MemoryEngine, in_memory
from kernel.errors import Conflict
from kernel.ids import random_id

LEASE = timedelta(seconds=12)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER, EXPIRED = NOW + timedelta(seconds=5), NOW + LEASE


def _at(sequence: str, *, finished: bool = False) -> Position:
    return Position(beginning=0, sequence=sequence, at=NOW, finished=finished)


def _begun(number: int = 0) -> Beginning:
    return Beginning(
        number=number, at=NOW, by="anna", stream="arn", shards={"s1": "5", "s2": ""}, segments=3
    )


@pytest.fixture(params=["memory", "engine"], autouse=True)
def _places(request: pytest.FixtureRequest) -> Iterator[None]:
    memory = in_memory(MemoryEngine([STREAM_LEASES]))
    with memory if request.param == "memory" else nullcontext():
        yield


@pytest.fixture
def source() -> str:
    return f"table/{random_id('try')}"


@pytest.fixture
def anna(source: str) -> StreamLeases:
    return StreamLeases(source, "anna", lease=LEASE, keep=LEASE)


@pytest.fixture
def bert(source: str) -> StreamLeases:
    return StreamLeases(source, "bert", lease=LEASE, keep=LEASE)


class TestClaim:
    def test_is_refused_while_another_holds_any_of_them(
        self, anna: StreamLeases, bert: StreamLeases
    ) -> None:
        anna.claim("s1", ["alerts"], NOW)
        for handlers in (["alerts"], ["alerts", "summaries"]):
            with pytest.raises(Conflict):
                bert.claim("s1", handlers, LATER)
        assert bert.claim("s1", ["summaries"], LATER)["summaries"].owner == "bert"
        assert bert.claim("s2", ["alerts"], LATER)["alerts"].owner == "bert"

    def test_is_granted_when_the_lease_has_run_out(
        self, anna: StreamLeases, bert: StreamLeases
    ) -> None:
        first = anna.claim("s1", ["alerts"], NOW)["alerts"]
        anna.save("s1", {"alerts": (first.epoch, _at("7"))}, NOW)
        heir = bert.claim("s1", ["alerts"], EXPIRED)["alerts"]
        assert heir.epoch == first.epoch + 1
        assert heir.position == _at("7")

    def test_is_put_off_by_saving(self, anna: StreamLeases, bert: StreamLeases) -> None:
        mine = anna.claim("s1", ["alerts"], NOW)["alerts"]
        anna.save("s1", {"alerts": (mine.epoch, _at("7"))}, LATER)
        with pytest.raises(Conflict):
            bert.claim("s1", ["alerts"], EXPIRED)
        bert.claim("s1", ["alerts"], LATER + LEASE)

    def test_is_granted_at_once_after_a_release(
        self, anna: StreamLeases, bert: StreamLeases
    ) -> None:
        mine = anna.claim("s1", ["alerts"], NOW)["alerts"]
        anna.release("s1", {"alerts": (mine.epoch, _at("9"))})
        assert bert.claim("s1", ["alerts"], NOW)["alerts"].position == _at("9")

    def test_that_was_sent_twice_is_still_ours(self, anna: StreamLeases) -> None:
        """The first answer was lost on its way."""
        anna.claim("s1", ["alerts"], NOW)
        assert anna.claim("s1", ["alerts"], NOW)["alerts"].owner == "anna"


class TestAZombie:
    def test_neither_saves_nor_releases_what_it_lost(
        self, anna: StreamLeases, bert: StreamLeases
    ) -> None:
        lost = anna.claim("s1", ["alerts"], NOW)["alerts"]
        heir = bert.claim("s1", ["alerts"], EXPIRED)["alerts"]
        bert.save("s1", {"alerts": (heir.epoch, _at("9"))}, EXPIRED)
        with pytest.raises(LeaseLost) as caught:
            anna.save("s1", {"alerts": (lost.epoch, _at("7"))}, EXPIRED)
        assert caught.value.handlers == {"alerts"}
        with pytest.raises(LeaseLost):
            anna.release("s1", {"alerts": (lost.epoch, _at("7"))})
        found = bert.load(EXPIRED).leases["s1", "alerts"]
        assert (found.owner, found.position) == ("bert", _at("9"))

    def test_is_told_apart_from_its_own_later_self(self, anna: StreamLeases) -> None:
        """The same process has lost the lease and won it back; an old lane of it lives on."""
        old = anna.claim("s1", ["alerts"], NOW)["alerts"]
        new = anna.claim("s1", ["alerts"], EXPIRED)["alerts"]
        with pytest.raises(LeaseLost):
            anna.save("s1", {"alerts": (old.epoch, _at("7"))}, EXPIRED)
        anna.save("s1", {"alerts": (new.epoch, _at("8"))}, EXPIRED)

    def test_is_told_which_of_several_it_lost(self, anna: StreamLeases, bert: StreamLeases) -> None:
        mine = anna.claim("s1", ["alerts", "summaries"], NOW)
        held = {name: (lease.epoch, _at("7")) for name, lease in mine.items()}
        anna.release("s1", {"alerts": held["alerts"]})
        bert.claim("s1", ["alerts"], LATER)
        with pytest.raises(LeaseLost) as caught:
            anna.save("s1", held, LATER)
        assert caught.value.handlers == {"alerts"}
        anna.save("s1", {"summaries": held["summaries"]}, LATER)


class TestBegin:
    def test_is_written_down_once(self, anna: StreamLeases, bert: StreamLeases) -> None:
        anna.begin("alerts", _begun())
        with pytest.raises(Conflict):
            bert.begin("alerts", _begun())
        bert.begin("alerts", _begun(1))
        with pytest.raises(Conflict):
            anna.begin("alerts", _begun(1))
        assert anna.load(NOW).handlers["alerts"].beginning == _begun(1)


class TestStop:
    def test_lasts_until_somebody_resumes(self, anna: StreamLeases, bert: StreamLeases) -> None:
        anna.begin("alerts", _begun())
        anna.stop("alerts", "twenty in a row", NOW)
        stopped = bert.load(LATER).handlers["alerts"]
        assert (stopped.stopped, stopped.stopped_at) == ("twenty in a row", NOW)
        bert.resume("alerts")
        assert anna.load(LATER).handlers["alerts"].stopped is None
        assert anna.load(LATER).handlers["alerts"].beginning == _begun()

    def test_is_refused_of_a_handler_that_never_began(self, anna: StreamLeases) -> None:
        with pytest.raises(Conflict):
            anna.resume("alerts")


class TestMembers:
    def test_count_as_long_as_they_say_so(self, anna: StreamLeases, bert: StreamLeases) -> None:
        anna.join(frozenset({"alerts", "summaries"}), NOW)
        bert.join(frozenset({"alerts"}), LATER)
        assert anna.load(LATER).members == {
            "anna": frozenset({"alerts", "summaries"}),
            "bert": frozenset({"alerts"}),
        }
        assert anna.load(EXPIRED).members.keys() == {"bert"}
        bert.leave()
        assert anna.load(LATER).members.keys() == {"anna"}


class TestItems:
    def test_keep_every_kind_of_position(self, anna: StreamLeases) -> None:
        for position in (
            Position(beginning=2, sequence=None, at=NOW),
            Position(beginning=2, sequence='{"pk":{"S":"x"}}', at=NOW),
            _at("7", finished=True),
        ):
            mine = anna.claim("s1", ["alerts"], NOW)["alerts"]
            anna.save("s1", {"alerts": (mine.epoch, position)}, NOW)
            assert anna.load(NOW).leases["s1", "alerts"].position == position

    def test_of_shards_and_members_expire_by_themselves(
        self, anna: StreamLeases, source: str
    ) -> None:
        anna.claim("s1", ["alerts"], NOW)
        anna.join(frozenset({"alerts"}), NOW)
        for kind in ("shard#s1", "member#anna"):
            item = LeaseItems().get(source, kind)
            assert item is not None
            assert item["t"] > NOW.timestamp()
