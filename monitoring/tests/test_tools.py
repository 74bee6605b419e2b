"""Dead letters and consumers, in an operator's hands: on real queues, streams and leases."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from aws import letters, messaging
from aws.dynamodb import Repository
from aws.letters import Box, LetterMissing
from aws.provisioning import provision
from aws.resources import Queue, Table
from aws.streams import Change, Handler, PoisonRecord, Progress, register
from aws.streams.dead_letters import DEAD_LETTERS, DeadLetter
from aws.streams.handlers import AnyHandler, _registered
from aws.streams.leases import StreamLeases
from aws.streams.process import leases_of, source_of
from aws.streams.shards import Beginning
from identity import approvals, audit
from identity.proposals import Approval, OwnProposal
from identity.staff import Role, RoleMissing
from identity.tests.people import StaffMaker
from kernel.clock import utc_now
from monitoring.services import consumers
from monitoring.services import letters as desk

SPARE = Queue(name="spare-of-tests", purpose="Has dead letters that tests put there.")
THINGS = Table(name="things-of-tests", purpose="Changes that a test handles.", stream=True)
STREAMS = Box(queue=DEAD_LETTERS)


class Things(Repository):
    table = THINGS


@pytest.fixture(scope="module", autouse=True)
def _made() -> None:
    provision()


@pytest.fixture
def olga(staff: StaffMaker) -> User:
    return staff(Role.OPERATOR)


@pytest.fixture
def handler() -> Iterator[AnyHandler]:
    """Handles things, but for those that it is told not to."""

    class OfThings(Handler[Change]):
        name = f"things_{secrets.token_hex(4)}"
        source = THINGS
        refuses = True
        handled: list[str] = []

        def handle(self, batch: Sequence[Change]) -> Progress:
            for change in batch:
                if type(self).refuses:
                    raise PoisonRecord(change, "told not to")
                type(self).handled.append(change.key["pk"])
            return batch[-1].sequence

    register(OfThings)
    yield OfThings
    del _registered[OfThings.name]


class TestDeadLettersOfAQueue:
    def test_are_seen_and_stay(self, olga: User) -> None:
        box, letter_id = buried()
        assert letter_id in ids_in(box)
        assert letter_id in ids_in(box)  # looking takes nothing away
        opened = desk.opened(box, letter_id, olga)
        assert opened.letter.why == "no good"
        assert opened.content == {"thing": "7"}
        assert acts_about(box) == ["dead_letter.viewed"]

    def test_go_back_to_their_queue_when_they_are_replayed(self, olga: User) -> None:
        box, letter_id = buried()
        desk.replay(box, letter_id, olga)
        assert letter_id not in ids_in(box)
        (message,) = messaging.receive(box.queue, wait_s=2)
        assert message.body == {"thing": 7}
        assert "reason" not in message.attributes

    def test_are_gone_when_they_are_discarded(self, olga: User) -> None:
        box, letter_id = buried()
        desk.discard(box, letter_id, olga)
        assert letter_id not in ids_in(box)
        with pytest.raises(LetterMissing):
            desk.discard(box, letter_id, olga)
        assert acts_about(box)[0] == "dead_letter.discarded"

    def test_are_not_for_viewers(self, staff: StaffMaker) -> None:
        box, letter_id = buried()
        for act in (desk.opened, desk.replay, desk.discard):
            with pytest.raises(RoleMissing):
                act(box, letter_id, staff(Role.VIEWER))
        assert letter_id in ids_in(box)


class TestDeadLettersOfStreams:
    def test_are_handled_when_the_fault_is_mended(self, handler: AnyHandler, olga: User) -> None:
        key = f"thing-{secrets.token_hex(4)}"
        Things().put({"pk": key, "sk": "-", "v": 1})
        letter_id = messaging.send(DEAD_LETTERS, asdict(letter_about(handler, key)))
        with pytest.raises(PoisonRecord):
            desk.replay(STREAMS, letter_id, olga)
        assert letter_id in ids_in(STREAMS)  # it stays, as it is not done
        handler.refuses = False  # type: ignore[attr-defined]
        assert "as it stands now" in desk.replay(STREAMS, letter_id, olga)
        assert handler.handled == [key]  # type: ignore[attr-defined]
        assert letter_id not in ids_in(STREAMS)

    def test_about_what_is_gone_say_so_and_can_be_discarded(
        self, handler: AnyHandler, olga: User
    ) -> None:
        letter_id = messaging.send(DEAD_LETTERS, asdict(letter_about(handler, "never-there")))
        with pytest.raises(Exception, match="nothing is left to replay"):
            desk.replay(STREAMS, letter_id, olga)
        desk.discard(STREAMS, letter_id, olga)
        assert letter_id not in ids_in(STREAMS)


class TestConsumers:
    def test_are_paused_and_resumed_and_it_is_written_down(
        self, handler: AnyHandler, olga: User
    ) -> None:
        begun(handler)
        consumers.pause(handler.name, "a look at it", olga)
        stopped = consumers.handler(handler.name).stopped
        assert stopped is not None
        assert "a look at it" in stopped
        consumers.resume(handler.name, olga)
        assert consumers.handler(handler.name).stopped is None
        actions = [each.action for each in audit.entries_about(f"consumer:{handler.name}")]
        assert actions == ["consumer.resumed", "consumer.paused"]

    def test_are_rewound_when_a_second_person_allows_it(
        self, handler: AnyHandler, olga: User, staff: StaffMaker
    ) -> None:
        begun(handler)
        proposal = consumers.propose_rewind(handler.name, "a bug is mended", olga)
        assert consumers.handler(handler.name).beginning == 0
        both = staff(Role.OPERATOR, Role.APPROVER)
        own = consumers.propose_rewind(handler.name, "again", both)
        with pytest.raises(OwnProposal):
            approvals.approve(own.proposal_id, both)
        done = approvals.approve(proposal.proposal_id, staff(Role.APPROVER))
        assert done.status is Approval.DONE
        assert consumers.handler(handler.name).beginning == 1

    def test_that_never_ran_cannot_be_paused(self, handler: AnyHandler, olga: User) -> None:
        with pytest.raises(Exception, match="never run"):
            consumers.pause(handler.name, "", olga)

    def test_are_not_for_viewers(self, handler: AnyHandler, staff: StaffMaker) -> None:
        begun(handler)
        viewer = staff(Role.VIEWER)
        for act in (consumers.pause, consumers.propose_rewind):
            with pytest.raises(RoleMissing):
                act(handler.name, "", viewer)

    def test_tell_who_reads_and_how_far_they_are(self, handler: AnyHandler) -> None:
        leases = begun(handler)
        now = utc_now()
        leases.claim("shard-1", [handler.name], now)
        found = consumers.handler(handler.name)
        assert (found.readers, len(found.shards)) == (1, 1)
        later = now + leases.lease + timedelta(seconds=1)
        from aws.streams.progress import progress

        (dead,) = progress([handler], clock=lambda: later)
        assert dead.readers == 0


def begun(handler: AnyHandler) -> StreamLeases:
    """The handler has run before."""
    leases = leases_of(source_of(handler.source), "test/1")
    first = Beginning(number=0, at=utc_now(), by="test/1", stream="s", shards={})
    leases.begin(handler.name, first)
    return leases


def letter_about(handler: AnyHandler, key: str) -> DeadLetter:
    return DeadLetter(
        handler=handler.name,
        source="table/things-of-tests",
        shard="shard-that-is-gone",
        sequence="1",
        key={"pk": key, "sk": "-"},
        at=utc_now().isoformat(),
        reason="told not to",
    )


def buried() -> tuple[Box, str]:
    """A box, and the id of a letter that was put there a moment ago."""
    messaging.send(SPARE, {"thing": 7})
    (message,) = messaging.receive(SPARE, wait_s=2)
    box = Box(queue=SPARE)
    before = ids_in(box)
    messaging.dead_letter(SPARE, message, "no good")
    (letter_id,) = ids_in(box) - before
    return box, letter_id


def ids_in(box: Box) -> set[str]:
    return {message.id for message in letters.letters(box)}


def acts_about(box: Box) -> list[str]:
    return [each.action for each in audit.entries_about(f"queue:{box.name}")]
