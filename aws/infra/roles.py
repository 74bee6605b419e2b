"""What the processes may do at AWS: the actions that our code calls, on what we declared."""

from typing import Any

from aws.cognito import UserPool
from aws.infra.references import (
    Resource,
    Resources,
    arn_of,
    bucket_arn,
    logical_id,
    queue_arn,
    ref,
    set_arn,
    stream_arn,
    sub,
    table_arn,
    topic_arn,
)
from aws.resources import Activity, Bucket, Queue, StateMachine, Stream, Table, Topic, declared
from aws.ses import ConfigurationSet
from aws.streams.dead_letters import DEAD_LETTERS

Statement = dict[str, Any]

_READ_ITEMS = ["BatchGetItem", "ConditionCheckItem", "GetItem", "Query"]
_WRITE_ITEMS = ["BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem"]
_STREAM = ["DescribeStream", "GetRecords", "GetShardIterator"]
_READ_RECORDS = ["DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"]
_SIGN_IN = ["AdminInitiateAuth", "ListUserPoolClients"]
_OPEN_OBJECTS = ["GetObject", "GetObjectVersion", "PutObject", "AbortMultipartUpload"]
_WORK_MESSAGES = [
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ReceiveMessage",
    "SendMessage",
]


_LOG_GROUPS = sub(
    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/${Prefix}/*"
)


def role_resources() -> Resources:
    """The web's role and the workers'. The task definitions that use them are the deployer's."""
    return {
        "WebRole": _role("Serves pages and the API", _web()),
        "WorkerRole": _role("Runs tasks, consumers and the commands", _worker()),
    }


def _web() -> list[Statement]:
    return [
        # Operators look into streams and dead letters, and act on them, through pages.
        _tables("Items", [*_READ_ITEMS, *_WRITE_ITEMS, "DescribeTable"]),
        *_streams(),
        *_objects(_OPEN_OBJECTS),
        *_messages(["GetQueueAttributes", "GetQueueUrl", "SendMessage"]),
        *_dead_letters(),
        *_records(_READ_RECORDS),
        *_executions(),
        *_people("ListUsers"),
        _allow("Logs", "logs", ["FilterLogEvents"], [_LOG_GROUPS]),
        *_common(),
    ]


def _worker() -> list[Statement]:
    return [
        _tables("Items", [*_READ_ITEMS, *_WRITE_ITEMS, "DescribeTable", "Scan"]),
        *_streams(),
        *_objects([*_OPEN_OBJECTS, "DeleteObject", "DeleteObjectVersion"]),
        *_messages(_WORK_MESSAGES),
        *_records(_READ_RECORDS),
        *_executions(),
        *_activities(),
        *_people("AdminCreateUser", "AdminGetUser", "AdminSetUserPassword", "ListUsers"),
        *_mail(),
        *_common(),
    ]


def _tables(sid: str, actions: list[str]) -> Statement:
    tables = declared(Table)
    indexed = [table for table in tables if table.indexes]
    indexes = [sub("${" + logical_id(table) + ".Arn}/index/*") for table in indexed]
    return _allow(sid, "dynamodb", actions, [*map(table_arn, tables), *indexes])


def _streams() -> list[Statement]:
    streams = [
        {"Fn::GetAtt": [logical_id(table), "StreamArn"]}
        for table in declared(Table)
        if table.stream
    ]
    return [_allow("Streams", "dynamodb", _STREAM, streams)] if streams else []


def _objects(actions: list[str]) -> list[Statement]:
    buckets = declared(Bucket)
    if not buckets:
        return []
    contents = [
        sub("arn:${AWS::Partition}:s3:::${Prefix}-" + bucket.name + "/*") for bucket in buckets
    ]
    # Who may not list a bucket is told 403, not 404, of an object that is not there.
    listing = _allow("Buckets", "s3", ["ListBucket"], [bucket_arn(each) for each in buckets])
    return [_allow("Objects", "s3", actions, contents), listing]


def _messages(queue_actions: list[str]) -> list[Statement]:
    queues, topics = declared(Queue), declared(Topic)
    arns = [queue_arn(queue, suffix) for queue in queues for suffix in ("", "Dead")]
    return [
        *([_allow("Queues", "sqs", queue_actions, arns)] if arns else []),
        *([_allow("Topics", "sns", ["Publish"], [*map(topic_arn, topics)])] if topics else []),
    ]


def _dead_letters() -> list[Statement]:
    """Operators take these out of their queues by hand, and nothing else."""
    arns = [queue_arn(queue, "" if queue is DEAD_LETTERS else "Dead") for queue in declared(Queue)]
    taking = ["ChangeMessageVisibility", "DeleteMessage", "ReceiveMessage"]
    return [_allow("DeadLetters", "sqs", taking, arns)] if arns else []


def _records(more: list[str]) -> list[Statement]:
    streams = [*map(stream_arn, declared(Stream))]
    return [_allow("Records", "kinesis", ["PutRecords", *more], streams)] if streams else []


def _executions() -> list[Statement]:
    machines = declared(StateMachine)
    if not machines:
        return []
    executions = [
        sub(
            "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}"
            ":execution:${Prefix}-" + machine.name + ":*"
        )
        for machine in machines
    ]
    return [
        _allow(
            "StartExecutions",
            "states",
            ["StartExecution"],
            [ref(logical_id(each)) for each in machines],
        ),
        _allow("StopExecutions", "states", ["DescribeExecution", "StopExecution"], executions),
    ]


def _activities() -> list[Statement]:
    activities = [ref(logical_id(each)) for each in declared(Activity)]
    if not activities:
        return []
    answers = ["SendTaskFailure", "SendTaskSuccess"]
    return [
        _allow("TakeTasks", "states", ["GetActivityTask"], activities),
        _allow("AnswerTasks", "states", answers, ["*"]),  # takes no resource: the token tells
    ]


def _people(*more: str) -> list[Statement]:
    pools = [arn_of(logical_id(pool)) for pool in declared(UserPool)]
    if not pools:
        return []
    return [
        _allow("Customers", "cognito-idp", [*_SIGN_IN, *more], pools),
        _allow("FindThePool", "cognito-idp", ["ListUserPools"], ["*"]),  # takes no resource
    ]


def _mail() -> list[Statement]:
    sets = [set_arn(each) for each in declared(ConfigurationSet)]
    identities = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/"
    domain = sub(identities + "${MailDomain}")
    return [_allow("Mail", "ses", ["SendEmail", "SendRawEmail"], [domain, *sets])] if sets else []


def _common() -> list[Statement]:
    services = [_service(name) for name in ("dynamodb", "kinesis", "s3")]
    through = {"StringEquals": {"kms:ViaService": services}}
    namespace = {"StringEquals": {"cloudwatch:namespace": ref("MetricsNamespace")}}
    unwrap = ["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"]
    at_rest = ["Decrypt", "DescribeKey", "GenerateDataKey"]
    secrets = [ref("DatabaseSecretArn"), ref("CacheSecretArn")]
    return [
        _allow("UnwrapBranchKeys", "kms", unwrap, [arn_of("VaultKey")]),
        {**_allow("EncryptAtRest", "kms", at_rest, [arn_of("StorageKey")]), "Condition": through},
        {**_allow("Metrics", "cloudwatch", ["PutMetricData"], ["*"]), "Condition": namespace},
        _allow("Health", "dynamodb", ["ListTables"], ["*"]),  # takes no resource
        _allow("Secrets", "secretsmanager", ["GetSecretValue"], secrets),
    ]


def _service(name: str) -> dict[str, str]:
    return sub(name + ".${AWS::Region}.${AWS::URLSuffix}")


def _allow(sid: str, service: str, actions: list[str], resources: list[Any]) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": [f"{service}:{action}" for action in sorted(actions)],
        "Resource": resources,
    }


def _role(description: str, statements: list[Statement]) -> Resource:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}},
    }
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Description": description,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [
                {
                    "PolicyName": "what-it-calls",
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
                }
            ],
        },
    }
