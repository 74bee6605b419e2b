"""What may be tuned."""

import os
from datetime import timedelta

# A dead process's shards are taken over after so long. Leases are renewed after a third of it.
LEASE = timedelta(seconds=float(os.environ.get("TXHUB_STREAM_LEASE_S", "12")))
# How often a quiet shard of a table is looked at: half of it is added to the lag of a change, and
# each look is paid for (docs/adr/0009-streams.md). A busy shard is looked at four times as often.
POLL_S = float(os.environ.get("TXHUB_STREAM_POLL_S", "0.1"))
