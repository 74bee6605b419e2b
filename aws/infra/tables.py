"""DynamoDB tables, kept when the stack goes, and their auto scaling."""

from aws.infra.references import Resource, Resources, arn_of, logical_id, name_of, ref, sub, tagged
from aws.provisioning.tables import definition
from aws.resources import Provisioned, Table


def table_resources(table: Table) -> Resources:
    """The table; with provisioned capacity also what scales it and each of its indexes."""
    resources = {logical_id(table): _table(table)}
    if isinstance(table.capacity, Provisioned):
        resources |= _scaling(table, table.capacity)
    return resources


def _table(table: Table) -> Resource:
    properties = {**definition(table), "TableName": name_of(table)}
    if table.stream:
        view = properties["StreamSpecification"]["StreamViewType"]
        properties["StreamSpecification"] = {"StreamViewType": view}
    if table.ttl_attribute:
        expiry = {"AttributeName": table.ttl_attribute, "Enabled": True}
        properties["TimeToLiveSpecification"] = expiry
    properties["PointInTimeRecoverySpecification"] = {"PointInTimeRecoveryEnabled": table.backed_up}
    properties["SSESpecification"] = {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": arn_of("StorageKey"),
    }
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": tagged(properties, table),
    }


def _scaling(table: Table, capacity: Provisioned) -> Resources:
    resources: Resources = {}
    for index in (None, *(index.name for index in table.indexes)):
        for way, low, high in (
            ("Read", capacity.read_units_min, capacity.read_units_max),
            ("Write", capacity.write_units_min, capacity.write_units_max),
        ):
            suffix = "".join(part.capitalize() for part in (index or "").split("_")) + way
            target = logical_id(table, f"{suffix}Target")
            dimension = f"dynamodb:{'index' if index else 'table'}:{way}CapacityUnits"
            resources[target] = _target(table, index, dimension, (low, high))
            resources[logical_id(table, f"{suffix}Policy")] = _policy(
                target, way, capacity.target_percent
            )
    return resources


def _target(table: Table, index: str | None, dimension: str, bounds: tuple[int, int]) -> Resource:
    path = "table/${" + logical_id(table) + "}" + (f"/index/{index}" if index else "")
    return {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "Properties": {
            "ServiceNamespace": "dynamodb",
            "ResourceId": sub(path),
            "ScalableDimension": dimension,
            "MinCapacity": bounds[0],
            "MaxCapacity": bounds[1],
        },
    }


def _policy(target: str, way: str, target_percent: int) -> Resource:
    return {
        "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
        "Properties": {
            "PolicyName": sub("${Prefix}-" + target),
            "PolicyType": "TargetTrackingScaling",
            "ScalingTargetId": ref(target),
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": target_percent,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": f"DynamoDB{way}CapacityUtilization"
                },
            },
        },
    }
