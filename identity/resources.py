"""What identity owns at AWS: the customers' user pool, the audit log, proposals, devices."""

from aws import cognito
from aws.cognito import UserPool
from aws.resources import Index, Table

CUSTOMERS = UserPool(
    name="customers",
    purpose="who may sign in; the only place that knows customers by e-mail address",
)

AUDIT = Table(
    name="audit",
    purpose="append-only, hash-chained log of what staff did and looked at",
    indexes=(
        Index(
            name="by_subject",
            answers="who did or saw what with this account, customer or job?",
            partition_key="s",
            sort_key="sk",
        ),
    ),
)

APPROVALS = Table(
    name="approvals",
    purpose="acts that one member of staff proposes and another approves",
    sort_key=None,
    indexes=(
        Index(
            name="open",
            answers="which proposals wait for a decision, or for their execution?",
            partition_key="o",
            sort_key="t",
        ),
    ),
)

DEVICES = Table(
    name="devices",
    purpose="programs that send readings, with the hashes of their tokens",
    sort_key=None,
)


def provision() -> None:
    """Creates the user pool where it is missing; tables are created from their declarations."""
    cognito.ensure_pool(CUSTOMERS)
