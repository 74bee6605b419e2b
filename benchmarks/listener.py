"""Messages in real time: how soon one can be read, how many a second, and none lost.

Throughput stands beside a plain loop of boto3 that receives, puts in the clear, and deletes. In the
last part listeners are killed while messages come twice and late, and what is stored is held
against what the youngest message of each transaction says.
"""

import json
import time
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, percentile
from benchmarks.place import Bank, Place
from benchmarks.sizes import size
from embedded.processes import Child

if TYPE_CHECKING:
    from txhub.tests.realtime.queues import MessageQueue

PER_S, LAG_S = 50, size("LAG_S", 30)
MESSAGES = size("MESSAGES", 2_000)
KILLED_MESSAGES = size("KILLED_MESSAGES", 20_000)
_LAG_ACCOUNTS, _ACCOUNTS = 50, 200
_KILL_EVERY_S = (2.0, 5.0)
_VISIBILITY_S = 5  # what a killed listener held comes again after so long
_SEED = 20260504


def run(place: Place) -> list[Figure]:
    bank = place.new_bank()
    bank.load_django()
    return [*_lag(bank), *_throughput(bank), *_killed(bank)]


def _lag(bank: Bank) -> list[Figure]:
    from benchmarks.listener_lag import LagProbe
    from txhub.tests.realtime.queues import sqs_queue

    _say(f"lag at {PER_S} messages/s")
    queue = sqs_queue()
    listener = _listen(bank, queue)
    probe = LagProbe(queue, _LAG_ACCOUNTS)
    probe.measure(per_s=PER_S, seconds=2)  # makes keys, opens volumes
    lags_ms = probe.measure(per_s=PER_S, seconds=LAG_S)
    bank.place.stop(listener)
    how = f"{PER_S}/s for {LAG_S} s, {_LAG_ACCOUNTS} accounts, one listener; from sent to read"
    return [
        Figure(name="lag_p50_ms", value=percentile(lags_ms, 50), unit="ms", how=how),
        Figure(name="lag_p99_ms", value=percentile(lags_ms, 99), unit="ms", how=how, aim="<= 1000"),
    ]


def _throughput(bank: Bank) -> list[Figure]:
    how = f"{MESSAGES:,} messages of {_ACCOUNTS} accounts that wait in SQS"
    one, two = (_messages_per_s(bank, listeners) for listeners in (1, 2))
    plain = _plain_per_s()
    return [
        Figure(name="messages_per_s", value=one, unit="1/s", how=f"{how}, one listener"),
        Figure(name="messages_per_s_two_listeners", value=two, unit="1/s", how=f"{how}, two"),
        Figure(name="plain_boto3_messages_per_s", value=plain, unit="1/s", how=f"{how}, one loop"),
        Figure(name="ratio_to_plain_boto3", value=one / plain, unit="", how="one listener"),
    ]


def _messages_per_s(bank: Bank, listeners: int) -> float:
    from txhub.tests.realtime.queues import sqs_queue
    from txhub.tests.realtime.stories import a_story

    _say(f"{MESSAGES:,} messages, {listeners} listener(s)")
    queue = sqs_queue()
    queue.send(a_story(MESSAGES, accounts=_ACCOUNTS, seed=_SEED).messages)
    started = [_listen(bank, queue) for _ in range(listeners)]
    _wait(queue, below=MESSAGES)  # they have begun
    began, waiting = time.monotonic(), queue.waiting()
    _wait(queue, below=1)
    seconds = time.monotonic() - began
    for listener in started:
        bank.place.stop(listener)
    return waiting / seconds


def _plain_per_s() -> float:
    """Receive ten, put each in the clear, delete the ten."""
    from aws.messaging import queue_url
    from aws.sessions import build_client, client
    from txhub.resources import TRANSACTIONS
    from txhub.tests.realtime.queues import sqs_queue
    from txhub.tests.realtime.stories import a_story

    _say(f"{MESSAGES:,} messages, plain boto3")
    queue, dynamodb, sqs = sqs_queue(), build_client("dynamodb"), client("sqs")
    queue.send(a_story(MESSAGES, accounts=_ACCOUNTS, seed=_SEED).messages)
    address = queue_url(queue.name)
    began, done = time.monotonic(), 0
    while done < MESSAGES:
        received = sqs.receive_message(QueueUrl=address, MaxNumberOfMessages=10)["Messages"]
        for each in received:
            item = {name: {"S": str(value)} for name, value in json.loads(each["Body"]).items()}
            key = {"pk": {"S": f"plain#{item['account']['S']}"}, "sk": item["message_id"]}
            dynamodb.put_item(TableName=TRANSACTIONS.physical_name, Item={**item, **key})
        receipts = [
            {"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]}
            for n, each in enumerate(received)
        ]
        sqs.delete_message_batch(QueueUrl=address, Entries=receipts)
        done += len(received)
    return done / (time.monotonic() - began)


def _killed(bank: Bank) -> list[Figure]:
    from txhub.tests.realtime.processes import kill_in_turn
    from txhub.tests.realtime.queues import sqs_queue
    from txhub.tests.realtime.stories import a_story, arrivals

    _say(f"{KILLED_MESSAGES:,} messages, two listeners that are killed")
    story = a_story(KILLED_MESSAGES, accounts=_ACCOUNTS, seed=_SEED)
    queue = sqs_queue(visibility_s=_VISIBILITY_S)
    sent = arrivals(story.messages, seed=_SEED)
    queue.send(sent)
    kills = kill_in_turn(queue, lambda: _listen(bank, queue), pause_s=_KILL_EVERY_S, seed=_SEED)
    stored, expected = story.stored(), story.expected()
    wrong = {key for key in stored.keys() | expected.keys() if stored.get(key) != expected.get(key)}
    again = len(sent) - KILLED_MESSAGES
    how = f"{KILLED_MESSAGES:,} messages, {again:,} of them again, all in disorder; {kills} kills"
    bad = "lost, stored twice, or old"
    return [
        Figure(name="killed_transactions", value=len(expected), unit="", how=how),
        Figure(name="killed_wrong", value=len(wrong), unit="", how=bad, aim="= 0"),
    ]


def _listen(bank: Bank, queue: "MessageQueue") -> Child:
    return bank.place.start(
        "listener", "manage", "listen", "--queue", queue.name, **bank.environment
    )


def _wait(queue: "MessageQueue", *, below: int) -> None:
    while queue.waiting() >= below:
        time.sleep(0.02)


def _say(line: str) -> None:
    print(f"  {line} ...", flush=True)
