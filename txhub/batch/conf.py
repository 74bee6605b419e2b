"""What may be tuned. Read at call time, so that a test can set one."""

import os
from datetime import timedelta
from pathlib import Path

# Rows in a chunk: a second or two of work. An account's rows are never parted, so a chunk may be
# larger; `make bench B=ingest` sweeps it.
CHUNK_ROWS = int(os.environ.get("TXHUB_BATCH_CHUNK_ROWS", "2000"))
# Accounts in a chunk of a job that issues statements.
CHUNK_ACCOUNTS = int(os.environ.get("TXHUB_BATCH_CHUNK_ACCOUNTS", "50"))
# Entries that are stored together.
GROUP_ROWS = int(os.environ.get("TXHUB_BATCH_GROUP_ROWS", "1000"))
# Rows that are sorted in memory; the others wait on disk, sealed.
SORT_ROWS = int(os.environ.get("TXHUB_BATCH_SORT_ROWS", "10000"))
# A dead worker's step is taken over after so long.
LEASE = timedelta(seconds=float(os.environ.get("TXHUB_BATCH_LEASE_S", "150")))
# No write begins with less than this left. An AWS call, all its retries counted, ends sooner: five
# attempts of 7 s, and waits of 15 s between them (aws/sessions.py).
LEASE_MARGIN = timedelta(seconds=float(os.environ.get("TXHUB_BATCH_LEASE_MARGIN_S", "60")))
# How often a step shows that it is alive, and hears of a stop.
RENEW_EVERY = timedelta(seconds=float(os.environ.get("TXHUB_BATCH_RENEW_S", "3")))
# A step that has begun so often and never ended is given up.
ATTEMPTS_MAX = int(os.environ.get("TXHUB_BATCH_ATTEMPTS_MAX", "6"))
# Steps that nobody marks as sent for so long have lost their sender.
UNSENT_AFTER = timedelta(seconds=float(os.environ.get("TXHUB_BATCH_UNSENT_S", "10")))
# Steps that were sent are sent again where nothing of their job began for so long: messages may be
# lost.
RESEND_AFTER = timedelta(seconds=float(os.environ.get("TXHUB_BATCH_RESEND_S", "300")))


def spool_dir() -> Path:
    """Where sorting spills to."""
    from django.conf import settings

    path: Path = settings.VAR_DIR / "spool"
    path.mkdir(parents=True, exist_ok=True)
    return path
