"""What a check-out costs at DynamoDB by AWS's rules, with all that moves it on: the consumers, or
the worker of the state machine too, run in this process, where their calls are counted."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.saga_times import CAUGHT_UP_S_MAX, checked_out, wait_until_free
from benchmarks.units import counted

if TYPE_CHECKING:
    from cart.conf import Variant

_CHECKOUTS = 100
_THREADS = 4


def consumed() -> list[Figure]:
    from cart.conf import Variant

    return [figure for variant in Variant for figure in _of(variant)]


def _of(variant: "Variant") -> list[Figure]:
    from cart.conf import Variant

    suffix = "_orchestrated" if variant is Variant.ORCHESTRATED else ""
    with _moving(variant):
        wait_until_free(*checked_out(1, "sandbox-approve"), seconds_max=CAUGHT_UP_S_MAX)
        with counted() as cost:
            for each in checked_out(_CHECKOUTS, "sandbox-approve"):
                wait_until_free(each)
    how = (
        f"{_CHECKOUTS} check-outs of one product, by AWS's rules; with filling the cart, leases, "
        "checkpoints and waiting for the end"
    )
    figures = [
        Figure(name=f"write_units_a_checkout{suffix}", value=cost.write_units / _CHECKOUTS,
               unit="units", how=how),
        Figure(name=f"read_units_a_checkout{suffix}", value=cost.read_units / _CHECKOUTS,
               unit="units", how=how),
    ]  # fmt: skip
    return [*figures, _transitions()] if suffix else figures


@contextmanager
def _moving(variant: "Variant") -> Iterator[None]:
    from aws.streams.process import consume
    from cart.conf import Variant
    from cart.consumers import HANDLERS
    from cart.workers.takers import work

    stop = threading.Event()
    runs = [threading.Thread(target=consume, args=(HANDLERS[variant], stop))]
    if variant is Variant.ORCHESTRATED:
        runs.append(threading.Thread(target=work, args=(stop,), kwargs={"threads": _THREADS}))
    for run in runs:
        run.start()
    try:
        yield
    finally:
        stop.set()
        for run in runs:
            run.join()


def _transitions() -> Figure:
    """From state to state on the way to a confirmed order; Step Functions charges each."""
    from cart.orchestration.machine import CHECKOUT_MACHINE

    states, count = CHECKOUT_MACHINE.definition["States"], 1
    state = states[CHECKOUT_MACHINE.definition["StartAt"]]
    while following := state.get("Next") or state.get("Default"):
        state, count = states[following], count + 1
    return Figure(
        name="state_transitions_a_checkout_orchestrated",
        value=count,
        unit="transitions",
        how="on the way to a confirmed order",
    )
