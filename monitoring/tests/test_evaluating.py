"""From a fault to its alarm and back to green, in a world whose clock the test moves.

A fault is what processes report while it lasts; history, table and topic are real.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import pytest
from django.conf import settings

from aws.arns import topic_arn
from aws.metrics.names import REQUEST_SECONDS
from aws.sessions import client
from identity import audit
from identity.staff import Role, RoleMissing, actor_of
from identity.tests.people import StaffMaker
from kernel.dashboards import Metric
from monitoring import live
from monitoring.declared import panel_named
from monitoring.domain.alarms import Status
from monitoring.repository.alarms import ALARM_REPOSITORY, AlarmMoved
from monitoring.resources import ALARM_TOPIC
from monitoring.services import alarms, evaluating
from monitoring.tests.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is reported of `series` in each round while it is well, and while it is not; counters
    grow by it. `fires_s` and `green_s`: how soon the alarm says so, and says that it is over."""

    name: str
    alarm: str
    panel: str
    labels: tuple[str, ...]
    well: float
    ill: float
    fires_s: int
    green_s: int

    @property
    def metric(self) -> Metric:
        return panel_named(self.panel)[1].series.metric


FAULTS = (
    Fault(
        name="DynamoDB throttles",
        alarm="dynamodb-throttled",
        panel="dynamodb.throttles",
        labels=("x", "dynamodb", "PutItem", "ProvisionedThroughputExceededException"),
        well=0,
        ill=40,
        fires_s=40,
        green_s=100,
    ),
    Fault(
        name="a consumer dies",
        alarm="consumer-dead",
        panel="streams.readers",
        labels=("h",),
        well=2,
        ill=0,
        fires_s=40,
        green_s=30,
    ),
    Fault(
        name="a record is poison",
        alarm="poison-records",
        panel="streams.dead-letters",
        labels=("h",),
        well=0,
        ill=1,
        fires_s=10,
        green_s=100,
    ),
    Fault(
        name="a file fails",
        alarm="file-failed",
        panel="batch.failed",
        labels=("feed", "failed"),
        well=0,
        ill=1,
        fires_s=10,
        green_s=220,
    ),
    Fault(
        name="a check-out is stuck",
        alarm="saga-stuck",
        panel="shop.open",
        labels=("stuck",),
        well=0,
        ill=1,
        fires_s=30,
        green_s=100,
    ),
    Fault(
        name="requests end in errors",
        alarm="api-errors",
        panel="api.errors",
        labels=("page", "GET", "500"),
        well=0,
        ill=9,
        fires_s=40,
        green_s=100,
    ),
)
EVERY_S = 10
HOW_TO = Path(settings.BASE_DIR) / "docs" / "howto-alarms.md"
ROUNDS_MAX = 60


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.alarm)
class TestAFault:
    def test_fires_its_alarm_alone_and_is_over_after_it_is_mended(
        self, fault: Fault, world: World
    ) -> None:
        last(world, fault, fault.well, rounds=3)
        assert world.alarm(fault.alarm).status is Status.OK
        fired = rounds_until(world, fault, fault.ill, Status.FIRING)
        others = {each.name for each in world.firing()} - {f"{fault.alarm}-{world.name}"}
        assert not others
        green = rounds_until(world, fault, fault.well, Status.OK)
        assert (EVERY_S * fired, EVERY_S * green) == (fault.fires_s, fault.green_s)

    def test_is_timed_in_the_how_to(self, fault: Fault) -> None:
        row = f"| {fault.name} | {fault.alarm} | {fault.fires_s} s | {fault.green_s} s |"
        assert row in HOW_TO.read_text()


class TestPeople:
    def test_are_told_once_when_it_begins_and_once_when_it_is_over(
        self, world: World, inbox: str
    ) -> None:
        fault = FAULTS[1]
        last(world, fault, fault.ill, rounds=8)
        last(world, fault, fault.well, rounds=8)
        told = [(each["alarm"], each["status"]) for each in received(inbox)]
        name = f"{fault.alarm}-{world.name}"
        assert [status for alarm, status in told if alarm == name] == ["firing", "ok"]

    def test_are_told_later_where_it_could_not_be_said(self, world: World, inbox: str) -> None:
        fault = FAULTS[1]
        last(world, fault, fault.ill, rounds=8)
        received(inbox)
        name, state = f"{fault.alarm}-{world.name}", world.alarm(fault.alarm)
        ALARM_REPOSITORY.save(name, replace(state, untold=Status.FIRING))  # died before it told
        last(world, fault, fault.ill, rounds=1)
        assert [each["alarm"] for each in received(inbox)] == [name]
        assert world.alarm(fault.alarm).untold is None

    def test_are_not_told_of_what_is_silenced(
        self, world: World, inbox: str, staff: StaffMaker
    ) -> None:
        fault = FAULTS[1]
        last(world, fault, fault.well, rounds=2)
        name = f"{fault.alarm}-{world.name}"
        alarms.silence(name, staff(Role.OPERATOR), hours=1, clock=lambda: world.now)
        last(world, fault, fault.ill, rounds=8)
        assert world.alarm(fault.alarm).status is Status.FIRING
        assert [each for each in received(inbox) if each["alarm"] == name] == []


class TestAnOperator:
    def test_acknowledges_and_it_is_written_down(self, world: World, staff: StaffMaker) -> None:
        fault, olga = FAULTS[1], staff(Role.OPERATOR)
        last(world, fault, fault.ill, rounds=8)
        name = f"{fault.alarm}-{world.name}"
        alarms.acknowledge(name, olga, clock=lambda: world.now)
        assert world.alarm(fault.alarm).acknowledged_by == actor_of(olga)
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


def last(world: World, fault: Fault, value: float, *, rounds: int) -> None:
    """So many rounds of it."""
    for _round in range(rounds):
        world.reports(fault.metric, fault.labels, value)
        world.looks(every_s=20)


def rounds_until(world: World, fault: Fault, value: float, status: Status) -> int:
    for rounds in range(1, ROUNDS_MAX):
        last(world, fault, value, rounds=1)
        if world.alarm(fault.alarm).status is status:
            return rounds
    return ROUNDS_MAX
