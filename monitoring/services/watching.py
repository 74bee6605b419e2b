"""The monitoring process: probes, frames, alarms, one round every ten seconds.

It runs beside the workers and not in them, so that it can tell that they are dead or busy. Any
number may run; one at a time works, the others stand by.
"""

import threading
import time

import structlog

from aws.metrics.neighbours import Neighbours
from kernel.errors import HubError
from monitoring.domain.tiers import FINE
from monitoring.services import evaluating
from monitoring.services.collecting import Collector
from monitoring.services.probing import Prober

log = structlog.get_logger(__name__)
_BUDGETS_EVERY_S = 300


def watch(owner: str, neighbours: Neighbours, stop: threading.Event) -> None:
    """Runs until `stop` is set. What fails is said, and tried again in the next round."""
    collector, prober = Collector(owner, neighbours), Prober()
    budgets_at = time.monotonic()
    while not stop.wait(_until_next_round(time.time())):
        try:
            if not collector.tick():
                continue
            prober.run()
            evaluating.look()
            if time.monotonic() >= budgets_at:
                evaluating.note_budgets()
                budgets_at = time.monotonic() + _BUDGETS_EVERY_S
        except HubError as error:
            log.warning("monitoring_round_failed", code=error.code, reason=error.message)
    try:
        collector.leave()
    except HubError as error:
        log.warning("monitoring_lease_left", code=error.code)


def _until_next_round(now: float) -> float:
    """Rounds begin at whole multiples of a frame's length."""
    return FINE.step_s - now % FINE.step_s
