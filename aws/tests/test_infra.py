"""The template against the rules that CloudFormation documents, and against the engine."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from aws.infra.tables import table_resources
from aws.resources import Declaration, Index, Provisioned, Table
from aws.sessions import client
from kernel.ids import random_id

ROOT = Path(settings.BASE_DIR)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """The committed one."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "infra" / "txhub.yaml").read_text())
    return loaded


@pytest.fixture(scope="module")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]
    return found


def _of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == kind}


def _references(node: Any) -> Iterator[str]:
    """Every logical id that is spoken of."""
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            spoken = _SPOKEN_IN.get(key)
            yield from spoken(value) if spoken else _references(value)


_SPOKEN_IN: dict[str, Callable[[Any], list[str]]] = {
    "Ref": lambda name: [name],
    "Fn::GetAtt": lambda path: [path[0]],
    "Fn::Sub": lambda text: [name.split(".")[0] for name in re.findall(r"\$\{([^}]+)\}", text)],
    "DependsOn": lambda names: list(names),
}


def _statements(resources: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        statement
        for role in _of_type(resources, "AWS::IAM::Role").values()
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


class TestTemplate:
    def test_is_as_the_declarations_render_it(self) -> None:
        """In a process of its own: this one also knows the tests' declarations."""
        command = [sys.executable, str(ROOT / "manage.py"), "render_infra", "--check"]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr

    def test_speaks_of_nothing_that_it_does_not_define(self, template: dict[str, Any]) -> None:
        known = {*template["Resources"], *template["Parameters"]}
        spoken_of = {name for name in _references(template) if not name.startswith("AWS::")}
        assert spoken_of - known == set()
        assert template["Parameters"].keys() <= spoken_of

    def test_fits_into_cloudformation(self, template: dict[str, Any]) -> None:
        text = (ROOT / "infra" / "txhub.yaml").read_text()
        assert len(text) < 1_000_000
        assert len(template["Resources"]) <= 500
        assert all(name.isalnum() for name in template["Resources"])

    def test_keeps_data_and_keys_when_the_stack_goes(self, resources: dict[str, Any]) -> None:
        lasting = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"}
        lasting.add("AWS::Cognito::UserPool")
        kept = [each for each in resources.values() if each["Type"] in lasting]
        assert len(kept) > len(lasting)
        for each in kept:
            assert each["DeletionPolicy"] == each["UpdateReplacePolicy"] == "Retain"


class TestTables:
    def test_are_protected_and_encrypted(self, resources: dict[str, Any]) -> None:
        for table in _of_type(resources, "AWS::DynamoDB::Table").values():
            assert table["DeletionProtectionEnabled"] is True
            assert table["SSESpecification"]["SSEType"] == "KMS"

    def test_are_backed_up_but_for_those_that_must_not_be(self, resources: dict[str, Any]) -> None:
        backed_up = {
            name: table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
            for name, table in _of_type(resources, "AWS::DynamoDB::Table").items()
        }
        assert backed_up["WrappedKeysTable"] is False
        assert backed_up["TransactionsTable"] is True

    def test_scale_between_their_bounds_with_their_indexes(self) -> None:
        table = Table(
            name="try-scaled",
            purpose="A try.",
            indexes=(Index(name="by_owner", answers="whose?", partition_key="o"),),
            capacity=Provisioned(
                read_units_min=7, read_units_max=70, write_units_min=5, write_units_max=50
            ),
        )
        Declaration._declared.pop((Table, table.name))
        rendered = table_resources(table)
        targets = _of_type(rendered, "AWS::ApplicationAutoScaling::ScalableTarget")
        bounds = {
            (each["ResourceId"]["Fn::Sub"], each["ScalableDimension"]): (
                each["MinCapacity"],
                each["MaxCapacity"],
            )
            for each in targets.values()
        }
        path = "table/${TryScaledTable}"
        assert bounds == {
            (path, "dynamodb:table:ReadCapacityUnits"): (7, 70),
            (path, "dynamodb:table:WriteCapacityUnits"): (5, 50),
            (f"{path}/index/by_owner", "dynamodb:index:ReadCapacityUnits"): (7, 70),
            (f"{path}/index/by_owner", "dynamodb:index:WriteCapacityUnits"): (5, 50),
        }
        policies = _of_type(rendered, "AWS::ApplicationAutoScaling::ScalingPolicy")
        assert {each["ScalingTargetId"]["Ref"] for each in policies.values()} == set(targets)


class TestRoles:
    # What IAM lets nobody narrow down to a resource.
    ANY_RESOURCE = {
        "cognito-idp:ListUserPools",
        "cloudwatch:PutMetricData",
        "dynamodb:ListTables",
        "states:SendTaskFailure",
        "states:SendTaskSuccess",
    }

    def test_name_each_action(self, resources: dict[str, Any]) -> None:
        actions = [action for each in _statements(resources) for action in each["Action"]]
        assert [action for action in actions if "*" in action] == []
        assert "dynamodb:Query" in actions

    def test_name_each_resource(self, resources: dict[str, Any]) -> None:
        for statement in _statements(resources):
            if "*" in statement["Resource"]:
                assert set(statement["Action"]) <= self.ANY_RESOURCE

    def test_let_nobody_change_what_is_there(self, resources: dict[str, Any]) -> None:
        actions = {action for each in _statements(resources) for action in each["Action"]}
        forbidden = re.compile(r":(Create|DeleteTable|DeleteBucket|Update(Table|User)|Put.*Policy)")
        assert [action for action in actions if forbidden.search(action)] == []

    def test_let_the_web_neither_scan_nor_delete_files(self, resources: dict[str, Any]) -> None:
        policies = resources["WebRole"]["Properties"]["Policies"]
        actions = {
            action
            for policy in policies
            for each in policy["PolicyDocument"]["Statement"]
            for action in each["Action"]
        }
        assert actions.isdisjoint({"dynamodb:Scan", "s3:DeleteObject"})

    def test_let_the_web_take_nothing_but_dead_letters(self, resources: dict[str, Any]) -> None:
        (policy,) = resources["WebRole"]["Properties"]["Policies"]
        taken = [
            arn["Fn::GetAtt"][0]
            for each in policy["PolicyDocument"]["Statement"]
            if "sqs:ReceiveMessage" in each["Action"]
            for arn in each["Resource"]
        ]
        assert taken
        assert all("Dead" in queue for queue in taken)


class TestEngine:
    """What of it the engine understands; AWS alone understands all."""

    KINDS = {"AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::KMS::Alias"}

    def test_creates_the_tables(self, template: dict[str, Any]) -> None:
        prefix = random_id("try").replace("_", "-")[:20]
        resources = {
            name: each for name, each in template["Resources"].items() if each["Type"] in self.KINDS
        }
        body = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": {"Prefix": {"Type": "String"}},
            "Resources": resources,
        }
        cloudformation = client("cloudformation")
        cloudformation.create_stack(
            StackName=prefix,
            TemplateBody=yaml.safe_dump(body, sort_keys=False),
            Parameters=[{"ParameterKey": "Prefix", "ParameterValue": prefix}],
        )
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=prefix, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )
        found = client("dynamodb").describe_table(TableName=f"{prefix}-transactions")["Table"]
        assert [key["AttributeName"] for key in found["KeySchema"]] == ["pk", "sk"]
        assert found["StreamSpecification"]["StreamEnabled"]
