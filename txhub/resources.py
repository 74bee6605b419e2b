"""What the hub owns at AWS. The keys and the questions they answer are in docs/data-model.md."""

from aws.resources import Bucket, Index, Queue, Table, Topic

ACCOUNTS = Table(
    name="accounts",
    purpose="Accounts, who owns them, and the registers of which transaction ids they hold.",
)
TRANSACTIONS = Table(
    name="transactions",
    purpose="Transactions, filed by account and volume (a stretch of booking days).",
    stream=True,
    indexes=(
        Index(
            name="worklist",
            answers="Which pending entries have expired? Which matches are doubtful?",
            partition_key="g",
            sort_key="x",
            projection="KEYS_ONLY",
        ),
    ),
)
DISPUTES = Table(
    name="disputes",
    purpose="Transactions that customers do not recognise, and what the bank answered.",
    indexes=(
        Index(
            name="open",
            answers="Which disputes are open, oldest first?",
            partition_key="q",
            sort_key="t",
        ),
    ),
)
SUMMARIES = Table(
    name="summaries",
    purpose="What parts of accounts add up to, and digests of what was written, from the stream.",
)
STATEMENTS = Table(
    name="statements",
    purpose="Statements: every account's schedule, the versions issued, and what they hold.",
)
STATEMENT_OBJECTS = Bucket(
    name="statements",
    purpose="Statements as JSON and PDF, sealed; each is written once.",
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
DIGESTS = Bucket(
    name="digests",
    purpose="What files said, row by row as keyed digests, sealed: `reconcile` descends by them.",
)
STAGING = Bucket(
    name="staging",
    purpose="Chunks of files under way, sealed: written by file steps, read by chunk steps.",
    versioned=False,
    expire_days=30,
)
MESSAGES = Topic(
    name="messages", purpose="Where the bank's systems may publish transactions in real time."
)
MESSAGE_QUEUE = Queue(
    name="messages",
    purpose="Transactions in real time, for `manage.py listen`; its dead letters are sealed.",
    subscribes=MESSAGES,
    # A message is given up by the listener, with a reason. SQS only ends what kills listeners.
    dead_letters_after=20,
)
