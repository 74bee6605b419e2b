"""The check-out (docs/adr/0014-cart-saga.md): explored, timed, killed, and fed with real orders.

A hundred thousand simulated histories of the real code, each held against the invariants; how many
units a second one product can sell where a key takes 1,000 write units a second, as DynamoDB's do;
then, choreographed and orchestrated side by side on the embedded engine, check-outs a second, their
times and what they consume, and a thousand of them while processes are killed; and real orders.

`TXHUB_BENCH_HISTORIES`, `TXHUB_BENCH_KILLED_CHECKOUTS` and `TXHUB_BENCH_INVOICES` make it shorter.
"""

import os

from benchmarks.figures import Figure
from benchmarks.place import Place
from benchmarks.saga_capacity import consumed
from benchmarks.saga_histories import explored
from benchmarks.saga_hot_product import sold
from benchmarks.saga_kills import survived
from benchmarks.saga_orders import replayed
from benchmarks.saga_times import timed

HISTORIES = int(os.environ.get("TXHUB_BENCH_HISTORIES", "100000"))
KILLED_CHECKOUTS = int(os.environ.get("TXHUB_BENCH_KILLED_CHECKOUTS", "1000"))
INVOICES = int(os.environ.get("TXHUB_BENCH_INVOICES", "5000"))


def run(place: Place) -> list[Figure]:
    bank = place.new_bank()
    bank.load_django()
    return [
        *explored(HISTORIES),
        *sold(),
        *timed(bank, orchestrated=False),
        *timed(bank, orchestrated=True),
        *consumed(),
        *survived(KILLED_CHECKOUTS),
        *replayed(bank, INVOICES),
    ]
