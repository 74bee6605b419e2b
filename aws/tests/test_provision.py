import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from aws.arns import queue_arn, topic_arn
from aws.messaging import queue_url
from aws.provisioning import buckets, queues, tables
from aws.provisioning.tables import TableDiffers
from aws.resources import (
    Bucket,
    Declaration,
    Index,
    Provisioned,
    Queue,
    Table,
    storage_key_alias,
)
from aws.sessions import client
from aws.tests.declared import BUCKET, HEARD, TOPIC, WORK
from kernel.ids import random_id

NOTHING: frozenset[str] = frozenset()


def _name() -> str:
    return random_id("try").replace("_", "-")


def _table(**differences: Any) -> Table:
    """A declaration of this test alone, which no other test's `provision` sees."""
    table = Table(**{"name": _name(), "purpose": "A try.", **differences})
    Declaration._declared.pop((Table, table.name))
    return table


def _described(table: Table) -> dict[str, Any]:
    description: dict[str, Any] = client("dynamodb").describe_table(TableName=table.physical_name)[
        "Table"
    ]
    return description


INDEX = Index(name="by_owner", answers="whose is it?", partition_key="o", sort_key="sk")


class TestTables:
    def test_are_created_as_declared(self) -> None:
        table = _table(indexes=(INDEX,), stream=True, ttl_attribute="e")
        created = tables.ensure(table, NOTHING)
        found = _described(table)
        assert created == [f"table {table.physical_name}"]
        assert found["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
        assert [index["IndexName"] for index in found["GlobalSecondaryIndexes"]] == ["by_owner"]
        assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert found["DeletionProtectionEnabled"]
        assert found["SSEDescription"]["SSEType"] == "KMS"

    @pytest.mark.parametrize("backed_up", [True, False])
    def test_can_be_restored_where_declared_so(self, backed_up: bool) -> None:
        table = _table(ttl_attribute="e", backed_up=backed_up)
        tables.ensure(table, NOTHING)
        dynamodb = client("dynamodb")
        expiry = dynamodb.describe_time_to_live(TableName=table.physical_name)
        backups = dynamodb.describe_continuous_backups(TableName=table.physical_name)
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        assert expiry["TimeToLiveDescription"]["AttributeName"] == "e"
        assert (recovery["PointInTimeRecoveryStatus"] == "ENABLED") is backed_up

    def test_have_the_declared_capacity(self) -> None:
        capacity = Provisioned(
            read_units_min=7, read_units_max=70, write_units_min=5, write_units_max=50
        )
        table = _table(indexes=(INDEX,), capacity=capacity)
        tables.ensure(table, NOTHING)
        found = _described(table)
        throughputs = [
            each["ProvisionedThroughput"] for each in (found, *found["GlobalSecondaryIndexes"])
        ]
        assert [
            (each["ReadCapacityUnits"], each["WriteCapacityUnits"]) for each in throughputs
        ] == [(7, 5), (7, 5)]

    def test_are_left_alone_the_second_time(self) -> None:
        table = _table(indexes=(INDEX,), stream=True, ttl_attribute="e")
        tables.ensure(table, NOTHING)
        before = _described(table)
        assert tables.ensure(table, frozenset({table.physical_name})) == []
        assert _described(table) == before

    def test_get_what_a_run_that_was_cut_short_left_out(self) -> None:
        table = _table(indexes=(INDEX,), stream=True)
        bare = _table(name=table.name)
        tables.ensure(bare, NOTHING)
        created = tables.ensure(table, frozenset({table.physical_name}))
        found = _described(table)
        assert created == [
            f"index by_owner of {table.physical_name}",
            f"stream of {table.physical_name}",
        ]
        assert found["StreamSpecification"]["StreamEnabled"]
        assert found["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"

    def test_with_other_keys_are_refused_with_both_named(self) -> None:
        table = _table(sort_key=None)
        tables.ensure(table, NOTHING)
        other = _table(name=table.name, partition_key="id", sort_key="at")
        with pytest.raises(TableDiffers) as caught:
            tables.ensure(other, frozenset({table.physical_name}))
        assert "has the keys pk; declared are id + at" in caught.value.message

    def test_whose_index_has_other_keys_are_refused(self) -> None:
        table = _table(indexes=(INDEX,))
        tables.ensure(table, NOTHING)
        moved = Index(name="by_owner", answers="whose is it?", partition_key="x", sort_key="sk")
        with pytest.raises(TableDiffers, match="index by_owner has the keys o"):
            tables.ensure(_table(name=table.name, indexes=(moved,)), NOTHING)

    def test_may_be_created_by_two_at_once(self) -> None:
        table = _table()
        with ThreadPoolExecutor(4) as pool:
            created = list(pool.map(lambda _: tables.ensure(table, NOTHING), range(4)))
        assert sorted(created, key=len) == [[], [], [], [f"table {table.physical_name}"]]


class TestBuckets:
    def test_are_private_versioned_and_encrypted(self) -> None:
        s3, name = client("s3"), BUCKET.physical_name
        blocked = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
        encryption = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
        by_default = encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
        assert set(blocked.values()) == {True}
        assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
        assert by_default == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": storage_key_alias()}
        assert (rule["Expiration"]["Days"], rule["Status"]) == (1, "Enabled")

    def test_get_what_a_run_that_was_cut_short_left_out(self) -> None:
        bucket = Bucket(name=_name(), purpose="A try.")
        Declaration._declared.pop((Bucket, bucket.name))
        s3, name = client("s3"), bucket.physical_name
        s3.create_bucket(Bucket=name, **buckets._location())
        assert buckets.ensure(bucket) == []
        assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"


class TestQueuesAndTopics:
    def test_send_what_fails_to_the_dead_letters(self) -> None:
        found = _attributes(WORK.physical_name)
        assert json.loads(found["RedrivePolicy"]) == {
            "deadLetterTargetArn": queue_arn(WORK, dead_letters=True),
            "maxReceiveCount": 2,
        }
        assert found["VisibilityTimeout"] == "1"

    def test_let_in_their_topic_and_bucket_only(self) -> None:
        (own,) = json.loads(_attributes(HEARD.physical_name)["Policy"])["Statement"]
        answer = client("sns").get_topic_attributes(TopicArn=topic_arn(TOPIC))
        statements = json.loads(answer["Attributes"]["Policy"])["Statement"]
        (events,) = [each for each in statements if each["Sid"] == "BucketEvents"]
        assert own["Condition"] == {"ArnEquals": {"aws:SourceArn": topic_arn(TOPIC)}}
        assert events["Condition"]["ArnLike"]["aws:SourceArn"] == [
            f"arn:aws:s3:::{BUCKET.physical_name}"
        ]

    def test_change_with_their_declaration(self) -> None:
        name = _name()
        for seconds in (30, 90):
            queue = Queue(name=name, purpose="A try.", visibility_s=seconds)
            Declaration._declared.pop((Queue, name))
            queues.ensure(queue)
            assert _attributes(queue.physical_name)["VisibilityTimeout"] == str(seconds)


class TestCommand:
    def test_creates_nothing_the_second_time(self) -> None:
        said = StringIO()
        call_command("provision", stdout=said)
        assert said.getvalue().startswith("everything is there")

    def test_stops_with_a_plain_sentence(self) -> None:
        table = _table(sort_key=None)
        tables.ensure(table, NOTHING)
        Table(name=table.name, purpose="A try, with another key.")
        try:
            with pytest.raises(CommandError, match=r"provisioning stopped: .*has the keys pk"):
                call_command("provision", stdout=StringIO())
        finally:
            Declaration._declared.pop((Table, table.name))


def _attributes(queue_name: str) -> dict[str, str]:
    found: dict[str, str] = client("sqs").get_queue_attributes(
        QueueUrl=queue_url(queue_name), AttributeNames=["All"]
    )["Attributes"]
    return found
