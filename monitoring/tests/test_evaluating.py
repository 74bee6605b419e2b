"""What people are told of an alarm and say about it, in a world whose clock the test moves.

A consumer is dead while processes report no readers; history, table and topic are real. The drills
(tests/drills) make the faults themselves.
"""

import secrets
from collections.abc import Iterator
from dataclasses import replace

import orjson
import pytest
from django.test import override_settings

from aws.arns import topic_arn
from aws.metrics.names import REQUEST_SECONDS, STREAM_READERS
from aws.sessions import client
from identity import audit
from identity.staff import Role, RoleMissing, actor_of
from identity.tests.people import StaffMaker
from monitoring import live, resources
from monitoring.domain.alarms import Status
from monitoring.repository.alarms import ALARM_REPOSITORY, AlarmMoved
from monitoring.resources import ALARM_TOPIC
from monitoring.services import alarms, evaluating
from monitoring.services.telling import mail_text
from monitoring.tests.world import World
from monitoring.watched import alarm_named

DEAD = "consumer-dead"


class TestPeople:
    def test_are_told_once_when_it_begins_and_once_when_it_is_over(
        self, world: World, inbox: str
    ) -> None:
        last(world, readers=0, rounds=8)
        last(world, readers=2, rounds=8)
        told = [(each["alarm"], each["status"]) for each in received(inbox)]
        name = f"{DEAD}-{world.name}"
        assert [status for alarm, status in told if alarm == name] == ["firing", "ok"]

    def test_are_told_later_where_it_could_not_be_said(self, world: World, inbox: str) -> None:
        last(world, readers=0, rounds=8)
        received(inbox)
        name, state = f"{DEAD}-{world.name}", world.alarm(DEAD)
        ALARM_REPOSITORY.save(name, replace(state, untold=Status.FIRING))  # died before it told
        last(world, readers=0, rounds=1)
        assert [each["alarm"] for each in received(inbox)] == [name]
        assert world.alarm(DEAD).untold is None

    def test_are_not_told_of_what_is_silenced(
        self, world: World, inbox: str, staff: StaffMaker
    ) -> None:
        last(world, readers=2, rounds=2)
        name = f"{DEAD}-{world.name}"
        alarms.silence(name, staff(Role.OPERATOR), hours=1, clock=lambda: world.now)
        last(world, readers=0, rounds=8)
        assert world.alarm(DEAD).status is Status.FIRING
        assert [each for each in received(inbox) if each["alarm"] == name] == []

    def test_read_in_the_mail_where_to_look_and_what_to_do(self, world: World) -> None:
        last(world, readers=0, rounds=8)
        alarm, state = alarm_named(f"{DEAD}-{world.name}"), world.alarm(DEAD)
        text = mail_text(alarm, state, "FIRING: Nobody reads a stream")
        assert "Measured: 0 (below 1 is a breach)" in text
        assert f"/ops/alarms/{alarm.name}/" in text
        assert "Within 24 hours nothing is lost." in text

    def test_who_are_named_in_the_settings_are_subscribed_once(self) -> None:
        address = f"olga-{secrets.token_hex(4)}@bank.example"
        with override_settings(ALARM_EMAILS=[address]):
            assert len(resources.provision()) == 1
            assert resources.provision() == []
        pages = client("sns").get_paginator("list_subscriptions_by_topic")
        found = [
            each["Protocol"]
            for page in pages.paginate(TopicArn=topic_arn(ALARM_TOPIC))
            for each in page["Subscriptions"]
            if each["Endpoint"] == address
        ]
        assert found == ["email"]


class TestAnOperator:
    def test_acknowledges_and_it_is_written_down(self, world: World, staff: StaffMaker) -> None:
        olga = staff(Role.OPERATOR)
        last(world, readers=0, rounds=8)
        name = f"{DEAD}-{world.name}"
        alarms.acknowledge(name, olga, clock=lambda: world.now)
        assert world.alarm(DEAD).acknowledged_by == actor_of(olga)
        (entry,) = audit.entries_about(f"alarm:{name}")
        assert (entry.actor, entry.action) == (actor_of(olga), "alarm.acknowledged")
        happened = [each.what for each in ALARM_REPOSITORY.history(name, limit=10)]
        assert happened[0] == "acknowledged"

    def test_needs_the_role(self, world: World, staff: StaffMaker) -> None:
        with pytest.raises(RoleMissing):
            alarms.silence(f"api-errors-{world.name}", staff(Role.VIEWER), hours=1)


class TestTwoEvaluators:
    def test_do_not_both_win_a_change(self, world: World) -> None:
        world.looks()
        name, state = f"api-errors-{world.name}", world.alarm("api-errors")
        ALARM_REPOSITORY.save(name, state)
        with pytest.raises(AlarmMoved):
            ALARM_REPOSITORY.save(name, state)


class TestBudgets:
    def test_of_availability_count_requests(self, world: World) -> None:
        empty = (0,) * (len(REQUEST_SECONDS.bounds) + 1)
        world.requests("web@a/1", empty)
        world.requests("web@a/1", empty, status="500")
        world.ticks()
        world.requests("web@a/1", (9_995, *empty[1:]))
        world.requests("web@a/1", (5, *empty[1:]), status="500")
        world.ticks()
        found = evaluating.budgets(clock=lambda: world.now)
        budget = found[f"api-availability-{world.name}"]
        assert (budget.bad, budget.total) == (5, 10_000)
        assert budget.left == pytest.approx(0.5)  # 10 of 10,000 may fail

    def test_of_what_was_not_measured_are_not_known(self, world: World) -> None:
        world.ticks()
        found = evaluating.budgets(clock=lambda: world.now)
        assert found[f"checkout-latency-{world.name}"].left is None

    def test_are_kept_for_the_pages(self, world: World) -> None:
        world.ticks()
        evaluating.note_budgets(clock=lambda: world.now)
        assert len(live.noted("budgets")["budgets"]) == len(evaluating.budgets())


@pytest.fixture
def inbox() -> Iterator[str]:
    """The address of a queue that hears what people are told."""
    sqs, sns = client("sqs"), client("sns")
    address = sqs.create_queue(QueueName=f"inbox-{secrets.token_hex(6)}")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=["QueueArn"])
    heard = sns.subscribe(
        TopicArn=topic_arn(ALARM_TOPIC),
        Protocol="sqs",
        Endpoint=attributes["Attributes"]["QueueArn"],
        ReturnSubscriptionArn=True,
    )
    yield address
    sns.unsubscribe(SubscriptionArn=heard["SubscriptionArn"])


def received(address: str) -> list[dict[str, object]]:
    found = []
    while (
        messages := client("sqs")
        .receive_message(QueueUrl=address, MaxNumberOfMessages=10)
        .get("Messages")
    ):
        for message in messages:
            found.append(orjson.loads(orjson.loads(message["Body"])["Message"]))
            client("sqs").delete_message(QueueUrl=address, ReceiptHandle=message["ReceiptHandle"])
    return found


def last(world: World, *, readers: int, rounds: int) -> None:
    """So many rounds of it."""
    for _round in range(rounds):
        world.counts("process@a/1", STREAM_READERS, h=readers)
        world.looks(every_s=20)
