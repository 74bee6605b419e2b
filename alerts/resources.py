"""What alerts own at AWS. The keys and the questions they answer are in docs/data-model.md."""

from aws.resources import Index, Table

PROFILES = Table(
    name="alert-profiles",
    purpose="What Second Look remembers of each account, sealed, one item each.",
    sort_key=None,
)
ALERTS = Table(
    name="alerts",
    purpose="Customers' alerts; their reasons are sealed.",
    indexes=(
        Index(
            name="inbox",
            answers="which alerts does a customer see, newest first?",
            partition_key="i",
            sort_key="t",
        ),
        Index(
            name="unread",
            answers="how many has the customer not read?",
            partition_key="u",
            projection="KEYS_ONLY",
        ),
        Index(
            name="mailed",
            answers="which alerts does a day's digest count, and which are to be mailed at once?",
            partition_key="g",
            sort_key="c",
            projection="KEYS_ONLY",
        ),
    ),
    stream=True,
    ttl_attribute="x",
)
PREFERENCES = Table(
    name="alert-preferences",
    purpose="What customers want to be alerted to, how, and when.",
    sort_key=None,
)
RULES = Table(
    name="alert-rules",
    purpose="Versions of rules' settings, which is in force, and what customers said of alerts.",
)
