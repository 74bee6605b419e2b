"""Creates tables, and brings existing ones to what is declared, as far as that loses nothing."""

import time
from collections.abc import Callable
from typing import Any

from aws.errors import translated
from aws.resources import Index, Provisioned, Table, storage_key_alias
from aws.sessions import client
from kernel.errors import Conflict, Unavailable

_ACTIVE_S_MAX = 300
_LOOK_AGAIN_S = 0.5


class TableDiffers(Conflict):
    """A table exists whose keys are not the declared ones."""

    code = "table_differs"


def existing_names() -> frozenset[str]:
    """The names of all tables of this account and region."""
    with translated():
        pages = client("dynamodb").get_paginator("list_tables").paginate()
        return frozenset(name for page in pages for name in page["TableNames"])


def ensure(table: Table, existing: frozenset[str]) -> list[str]:
    """Creates the table, or adds to it what is missing: indexes, stream, TTL, recovery.

    Returns when it is ACTIVE. Raises `TableDiffers` where its keys are other ones.
    """
    created = []
    if table.physical_name not in existing and _create(table):
        created = [f"table {table.physical_name}"]
    described = _when_active(table)
    _compare_keys(table, described)
    created += _add_indexes(table, described) + _add_stream(table, described)
    _set_ttl(table)
    _set_recovery(table)
    return created


def definition(table: Table) -> dict[str, Any]:
    """The parameters of CreateTable; CloudFormation takes the same, but for encryption."""
    parameters: dict[str, Any] = {
        "TableName": table.physical_name,
        "KeySchema": _key_schema(table),
        "AttributeDefinitions": attribute_definitions(table),
        "DeletionProtectionEnabled": True,
        **billing(table),
    }
    if table.indexes:
        parameters["GlobalSecondaryIndexes"] = [_index(table, index) for index in table.indexes]
    if table.stream:
        parameters["StreamSpecification"] = {
            "StreamEnabled": True,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        }
    return parameters


def attribute_definitions(table: Table) -> list[dict[str, str]]:
    keyed: list[Table | Index] = [table, *table.indexes]
    names = {name for each in keyed for name in (each.partition_key, each.sort_key) if name}
    return [{"AttributeName": name, "AttributeType": "S"} for name in sorted(names)]


def billing(table: Table) -> dict[str, Any]:
    if isinstance(table.capacity, Provisioned):
        return {"BillingMode": "PROVISIONED", "ProvisionedThroughput": _throughput(table.capacity)}
    return {"BillingMode": "PAY_PER_REQUEST"}


def _throughput(capacity: Provisioned) -> dict[str, int]:
    return {
        "ReadCapacityUnits": capacity.read_units_min,
        "WriteCapacityUnits": capacity.write_units_min,
    }


def _key_schema(keyed: Table | Index) -> list[dict[str, str]]:
    schema = [{"AttributeName": keyed.partition_key, "KeyType": "HASH"}]
    if keyed.sort_key:
        schema.append({"AttributeName": keyed.sort_key, "KeyType": "RANGE"})
    return schema


def _index(table: Table, index: Index) -> dict[str, Any]:
    made: dict[str, Any] = {
        "IndexName": index.name,
        "KeySchema": _key_schema(index),
        "Projection": {"ProjectionType": index.projection},
    }
    if isinstance(table.capacity, Provisioned):
        made["ProvisionedThroughput"] = _throughput(table.capacity)
    return made


def _create(table: Table) -> bool:
    """Whether it was us: another run may create it at the same moment."""
    encryption = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": storage_key_alias()}
    dynamodb = client("dynamodb")
    try:
        dynamodb.create_table(**definition(table), SSESpecification=encryption)
    except dynamodb.exceptions.ResourceInUseException:
        return False
    return True


def _when_active(table: Table, *, sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """Its description, once the table and all its indexes are ACTIVE."""
    for _look in range(int(_ACTIVE_S_MAX / _LOOK_AGAIN_S)):
        with translated():
            answer = client("dynamodb").describe_table(TableName=table.physical_name)
        described: dict[str, Any] = answer["Table"]
        indexes = described.get("GlobalSecondaryIndexes", [])
        states = {described["TableStatus"], *(each["IndexStatus"] for each in indexes)}
        if states == {"ACTIVE"}:
            return described
        sleep(_LOOK_AGAIN_S)
    raise Unavailable(f"table {table.physical_name} is not ACTIVE after {_ACTIVE_S_MAX} s")


def _compare_keys(table: Table, described: dict[str, Any]) -> None:
    existing = {index["IndexName"]: index for index in described.get("GlobalSecondaryIndexes", [])}
    pairs: list[tuple[Table | Index, dict[str, Any]]] = [(table, described)]
    pairs += [(index, existing[index.name]) for index in table.indexes if index.name in existing]
    for wanted, found in pairs:
        if _key_schema(wanted) != found["KeySchema"]:
            raise TableDiffers(
                f"{table.physical_name}: {type(wanted).__name__.lower()} {wanted.name} has the "
                f"keys {_spelled(found['KeySchema'])}; declared are "
                f"{_spelled(_key_schema(wanted))}. "
                "Keys cannot be changed: declare it under another name and move the items over."
            )


def _spelled(schema: list[dict[str, str]]) -> str:
    return " + ".join(each["AttributeName"] for each in schema)


def _add_indexes(table: Table, described: dict[str, Any]) -> list[str]:
    existing = {index["IndexName"] for index in described.get("GlobalSecondaryIndexes", [])}
    missing = [index for index in table.indexes if index.name not in existing]
    for index in missing:  # DynamoDB builds one at a time
        with translated():
            client("dynamodb").update_table(
                TableName=table.physical_name,
                AttributeDefinitions=attribute_definitions(table),
                GlobalSecondaryIndexUpdates=[{"Create": _index(table, index)}],
            )
        _when_active(table)
    return [f"index {index.name} of {table.physical_name}" for index in missing]


def _add_stream(table: Table, described: dict[str, Any]) -> list[str]:
    if not table.stream or described.get("StreamSpecification", {}).get("StreamEnabled"):
        return []
    with translated():
        client("dynamodb").update_table(
            TableName=table.physical_name,
            StreamSpecification=definition(table)["StreamSpecification"],
        )
    _when_active(table)
    return [f"stream of {table.physical_name}"]


def _set_ttl(table: Table) -> None:
    if not table.ttl_attribute:
        return
    dynamodb = client("dynamodb")
    with translated():
        now = dynamodb.describe_time_to_live(TableName=table.physical_name)
        if now["TimeToLiveDescription"]["TimeToLiveStatus"] in ("ENABLED", "ENABLING"):
            return  # changing it is refused for an hour, and never needed
        dynamodb.update_time_to_live(
            TableName=table.physical_name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": table.ttl_attribute},
        )


def _set_recovery(table: Table) -> None:
    if not table.backed_up:
        return
    dynamodb = client("dynamodb")
    with translated():
        now = dynamodb.describe_continuous_backups(TableName=table.physical_name)
        recovery = now["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
            dynamodb.update_continuous_backups(
                TableName=table.physical_name,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            )
