"""What may be tuned. Read at call time, so that a test can set one."""

import os

# Where messages come from: sqs://, amqp://…, redis://… as kombu writes them.
URL = os.environ.get("TXHUB_MESSAGES_URL", "sqs://")
# The senders that are listened to, parted by commas; empty: all.
FEEDS = frozenset(filter(None, os.environ.get("TXHUB_MESSAGES_FEEDS", "").split(",")))
# Messages that are stored together, and how long the first of them waits for the others.
BATCH_MAX = int(os.environ.get("TXHUB_MESSAGES_BATCH_MAX", "100"))
GATHER_S = float(os.environ.get("TXHUB_MESSAGES_GATHER_S", "0.05"))
# A message that a dead listener held comes again after so long (SQS, Redis; AMQP knows at once).
VISIBILITY_S = int(os.environ.get("TXHUB_MESSAGES_VISIBILITY_S", "60"))
# So many dead letters in a row, and the fault is probably ours: the listener pauses.
DEAD_IN_A_ROW_MAX = int(os.environ.get("TXHUB_MESSAGES_DEAD_IN_A_ROW_MAX", "100"))
SUSPICION_S = float(os.environ.get("TXHUB_MESSAGES_SUSPICION_S", "60"))
