"""The check-out (docs/adr/0014-cart-saga.md): explored, timed, and one product under fire.

A hundred thousand simulated histories of the real code, each held against the invariants;
check-outs a second and their times on the embedded engine; and how many units a second one product
can sell where a key takes 1,000 write units a second, as DynamoDB's do.
"""

import os

from benchmarks.figures import Figure
from benchmarks.place import Place
from benchmarks.saga_histories import explored
from benchmarks.saga_hot_product import sold
from benchmarks.saga_times import timed

HISTORIES = int(os.environ.get("TXHUB_BENCH_HISTORIES", "100000"))


def run(place: Place) -> list[Figure]:
    bank = place.new_bank()
    bank.load_django()
    return [*explored(HISTORIES), *timed(bank), *sold()]
