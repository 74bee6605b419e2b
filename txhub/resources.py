"""What the hub owns at AWS. The keys and the questions they answer are in docs/data-model.md."""

from aws.resources import Bucket, Queue, Table, Topic

ACCOUNTS = Table(
    name="accounts",
    purpose="Accounts, who owns them, and the registers of which transaction ids they hold.",
)
TRANSACTIONS = Table(
    name="transactions",
    purpose="Transactions, filed by account and volume (a stretch of booking days).",
    stream=True,
)

LANDED = Topic(name="landing", purpose="Says that an object has come into the landing bucket.")
LANDING = Bucket(
    name="landing",
    purpose="Feed files as they came, sealed; also their archive, which `reconcile` reads again.",
    notifies=LANDED,
)
LANDING_QUEUE = Queue(
    name="landing", purpose="What has landed, for `manage.py orchestrate`.", subscribes=LANDED
)
STAGING = Bucket(
    name="staging",
    purpose="Chunks of files under way, sealed: written by file steps, read by chunk steps.",
    versioned=False,
    expire_days=30,
)
