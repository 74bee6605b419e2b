"""Declarations of what the application owns at AWS.

Each app declares its tables, streams, buckets, topics and queues once, in `<app>/resources.py`;
state machines, which are made of its code, in `<app>/provision.py`. `manage.py provision` creates
what is missing, `manage.py render_infra` renders the same declarations as CloudFormation, and the
repositories and doors take them as arguments.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar

_PREFIX_VARIABLE = "TXHUB_PREFIX"


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What every declaration has: a logical name, and the sentence that says what it is for."""

    name: str
    purpose: str

    _declared: ClassVar[dict[tuple[type, str], "Declaration"]] = {}

    def __post_init__(self) -> None:
        if self._declared.setdefault((type(self), self.name), self) != self:
            raise ValueError(f"{type(self).__name__} {self.name!r} is declared twice, differently")

    @property
    def physical_name(self) -> str:
        """Its name at AWS: `TXHUB_PREFIX` (default `txhub`) and the logical name."""
        return f"{os.environ.get(_PREFIX_VARIABLE, 'txhub')}-{self.name}"


@dataclass(frozen=True, kw_only=True)
class Index:
    """A global secondary index, and the question it answers. All key attributes are strings."""

    name: str
    answers: str
    partition_key: str
    sort_key: str | None = None
    projection: Literal["ALL", "KEYS_ONLY"] = "ALL"


@dataclass(frozen=True, kw_only=True)
class OnDemand:
    """Pay per request: the default, right until a table's load is known and steady."""


@dataclass(frozen=True, kw_only=True)
class Provisioned:
    """Provisioned capacity, scaled between bounds at `target_percent` of use (AWS auto scaling)."""

    read_units_min: int
    read_units_max: int
    write_units_min: int
    write_units_max: int
    target_percent: int = 70


@dataclass(frozen=True, kw_only=True)
class Table(Declaration):
    """A DynamoDB table. One per service; all key attributes are strings.

    `stream`: new and old images of every change. `ttl_attribute`: epoch seconds after which
    DynamoDB may delete the item, days late, so readers decide by themselves what has expired.
    `backed_up`: point-in-time recovery; off for the wrapped keys, so that a restored copy of the
    data does not bring a destroyed key back.
    """

    partition_key: str = "pk"
    sort_key: str | None = "sk"
    indexes: tuple[Index, ...] = ()
    stream: bool = False
    ttl_attribute: str | None = None
    capacity: OnDemand | Provisioned = field(default_factory=OnDemand)
    backed_up: bool = True


@dataclass(frozen=True, kw_only=True)
class Stream(Declaration):
    """A Kinesis data stream. `shards`: None lets AWS add and merge them by the load."""

    shards: int | None = None
    retention_hours: int = 24


@dataclass(frozen=True, kw_only=True)
class Topic(Declaration):
    """An SNS topic."""


@dataclass(frozen=True, kw_only=True)
class Heartbeat(Declaration):
    """A counter that must not stand still: CloudWatch tells `tells` where it does for `quiet_s`."""

    metric: str
    tells: Topic
    quiet_s: int = 300


@dataclass(frozen=True, kw_only=True)
class Bucket(Declaration):
    """An S3 bucket: private, versioned, encrypted at rest with KMS as the second layer.

    `notifies`: the topic that hears of every new object. `expire_days`: when S3 deletes objects.
    """

    versioned: bool = True
    notifies: Topic | None = None
    expire_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Queue(Declaration):
    """An SQS queue with a dead-letter queue of its own (`<name>-dead`).

    `subscribes`: the topic that it hears. A message not deleted within `visibility_s` comes again;
    after `dead_letters_after` receipts it goes to the dead letters.
    """

    subscribes: Topic | None = None
    dead_letters_after: int = 5
    visibility_s: int = 60

    @property
    def dead_letter_name(self) -> str:
        return f"{self.physical_name}-dead"


@dataclass(frozen=True, kw_only=True)
class Activity(Declaration):
    """A Step Functions activity: tasks that processes of ours fetch and answer."""

    @property
    def placeholder(self) -> str:
        """What stands for its ARN in the definition of a state machine."""
        return "${" + self.substitution + "}"

    @property
    def substitution(self) -> str:
        """The placeholder's name, as CloudFormation calls it."""
        return self.name.replace("-", "_")


@dataclass(frozen=True, kw_only=True)
class StateMachine(Declaration):
    """A Step Functions state machine whose tasks are activities.

    `definition`: in the Amazon States Language, with the placeholders of `activities`.
    """

    definition: Mapping[str, Any] = field(hash=False)
    activities: tuple[Activity, ...]


_D = TypeVar("_D", bound=Declaration)


def declared(kind: type[_D]) -> list[_D]:
    """All declarations of one kind, by name. Import the apps' `resources` modules first."""
    found = [each for (cls, _name), each in Declaration._declared.items() if cls is kind]
    return sorted(found, key=lambda each: each.name)  # type: ignore[arg-type]


def storage_key_alias() -> str:
    """The alias of the KMS key that encrypts tables and buckets at rest, below our own sealing."""
    return f"alias/{os.environ.get(_PREFIX_VARIABLE, 'txhub')}-storage"
