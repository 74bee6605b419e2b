"""Listeners are killed with messages in hand; what is stored in the end is what was meant.

`TXHUB_TEST_MESSAGES=20000` sends so many instead.
"""

import os

import pytest

from txhub.realtime.redrive import held_letters
from txhub.tests.realtime.processes import kill_in_turn, start_deadly_listener, start_listener
from txhub.tests.realtime.queues import MessageQueue, sqs_queue, until
from txhub.tests.realtime.samples import a_message
from txhub.tests.realtime.stories import Story, a_story, arrivals

pytestmark = pytest.mark.journey
MESSAGES = int(os.environ.get("TXHUB_TEST_MESSAGES", "600"))
# What a dead listener held comes again after so long.
VISIBILITY_S = 3
# Small batches: more of them are interrupted.
SMALL = {"TXHUB_MESSAGES_BATCH_MAX": "40"}


PLACES = {
    "with messages in hand": "txhub.realtime.listener:take:before:2",
    "between two accounts": "txhub.services.live:transact:after:3",
    "stored, and not acknowledged": "txhub.realtime.listener:take:after:2",
    "after a dead letter": "txhub.realtime.broker:Outbox.put:after:1",
    "half acknowledged": "aws.sqs_transport:Channel.send_acknowledgements:after:4",
}


class TestAListener:
    @pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
    def test_that_dies_leaves_everything_to_the_next(self, place: str) -> None:
        story, queue = a_story(120, accounts=8, seed=1), sqs_queue(visibility_s=VISIBILITY_S)
        send(queue, story, poison=2)
        doomed = start_deadly_listener(queue, place, **SMALL)
        try:
            doomed.wait()
        finally:
            doomed.kill()
        assert queue.waiting() > 0
        heir = start_listener(queue, **SMALL)
        try:
            until(lambda: queue.waiting() == 0)
        finally:
            heir.kill()
        assert_all_is_as_it_was_meant(queue, story, poison=2)


class TestTwoListeners:
    @pytest.mark.timeout(240 + MESSAGES // 5)
    def test_that_are_killed_again_and_again_lose_nothing_and_store_nothing_old(self) -> None:
        story, queue = a_story(MESSAGES, accounts=60, seed=2), sqs_queue(visibility_s=VISIBILITY_S)
        send(queue, story, poison=12)
        kills = kill_in_turn(
            queue, lambda: start_listener(queue, **SMALL), pause_s=(0.5, 1.5), seed=2
        )
        assert kills > 1
        assert_all_is_as_it_was_meant(queue, story, poison=12)


def send(queue: MessageQueue, story: Story, *, poison: int) -> None:
    """In disorder, and some twice."""
    bad = [a_message(minor=1.5) for _ in range(poison)]
    sent = arrivals([*story.messages, *bad], seed=3)
    assert len(sent) > len(story.messages) + poison
    queue.send(sent)


def assert_all_is_as_it_was_meant(queue: MessageQueue, story: Story, *, poison: int) -> None:
    assert story.stored() == story.expected()
    with held_letters(queue.url, queue.name) as held:
        assert len({letter.id for letter in held.letters()}) == poison
