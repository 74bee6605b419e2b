"""Leases: one worker at a time has a step, and a dead worker's step is taken over.

    claim          renewed every few seconds          the last expiry
      |---- the holder works ----|---- ... ----|-- margin --|---- anybody may claim ----
                                               no write begins

Every claim makes a new token, and everything a holder writes afterwards is conditional on it. So a
worker that was given up and comes back changes nothing.
"""

import time
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import F, Q

from kernel.clock import Clock
from kernel.errors import Refused
from txhub.batch import conf
from txhub.batch.models import Step, short_id
from txhub.batch.statuses import WORKING, StepStatus

S = TypeVar("S", bound=Step)


class LeaseLost(Refused):
    """Another worker has this step now. No `Conflict`: nothing that one reads again helps."""

    code = "lease_lost"


class StopRequested(Refused):
    """Somebody asked the job to stop."""

    code = "stop_requested"


class Lease(Generic[S]):
    """A claimed step. `token` is the fence: it stands in every write of the holder."""

    def __init__(self, step: S, token: str, claimed_at: datetime, clock: Clock) -> None:
        self.step = step
        self.token = token
        self.expires = claimed_at + conf.LEASE
        self._clock = clock
        self._renewed_at = claimed_at
        self._began = time.monotonic()

    def keep(self, rows_done: int, **progress: Any) -> None:
        """Call it often: it renews the lease every few seconds.

        Raises `LeaseLost`, or `StopRequested` where the step should end at once.
        """
        if self._clock() - self._renewed_at >= conf.RENEW_EVERY:
            self._renew(rows_done=rows_done, **progress)

    def before_write(self) -> None:
        """Makes sure that a write which begins now ends before anybody can take the step over.

        Raises `LeaseLost` or `StopRequested`.
        """
        if self._clock() + conf.LEASE_MARGIN >= self.expires:
            self._renew()

    def finish(self, **columns: Any) -> None:
        """The checkpoint: call it within a transaction, first. Raises `LeaseLost`."""
        seconds = time.monotonic() - self._began
        self._end(StepStatus.COMPLETED, seconds=F("seconds") + seconds, **columns)

    def fail(self, reason: str) -> None:
        """Gives the step up. Raises `LeaseLost`."""
        self._end(StepStatus.FAILED, reason=reason)

    def release(self) -> None:
        """Lets the next worker have it at once; nothing where somebody has it already."""
        self._mine().update(status=StepStatus.WAITING, lease_token="", lease_expires=None)

    def assert_held(self) -> None:
        """Within a transaction: whatever is written with it is the holder's. Raises `LeaseLost`."""
        if not self._mine().update(lease_expires=F("lease_expires")):
            raise LeaseLost

    def _renew(self, **progress: Any) -> None:
        now = self._clock()
        expires = now + conf.LEASE
        if not self._mine().update(lease_expires=expires, **progress):
            raise LeaseLost
        self.expires, self._renewed_at = expires, now
        if not self._mine().filter(execution__status__in=WORKING).exists():
            raise StopRequested

    def _end(self, status: StepStatus, **columns: Any) -> None:
        ended = self._mine().update(
            status=status, lease_token="", lease_expires=None, ended_at=self._clock(), **columns
        )
        if not ended:
            raise LeaseLost

    def _mine(self) -> Any:
        # A step that ended, or waits again, has no token: so this says that it runs, too.
        return type(self.step)._default_manager.filter(pk=self.step.pk, lease_token=self.token)


def claim(model: type[S], step_id: str, clock: Clock) -> Lease[S] | None:
    """The step, if it waits or its holder's lease is over, and its job is working; else None."""
    now, token = clock(), short_id()
    claimed = (
        model._default_manager.filter(_free(now), pk=step_id)
        .filter(execution__status__in=WORKING)
        .update(
            status=StepStatus.RUNNING,
            lease_token=token,
            lease_expires=now + conf.LEASE,
            attempts=F("attempts") + 1,
            started_at=now,
            rows_done=0,
            reason="",
        )
    )
    if not claimed:
        return None
    step = model._default_manager.select_related("execution").get(pk=step_id)
    return Lease(step, token, now, clock)


def lapsed(now: datetime) -> Q:
    """Steps whose holder has not been heard of for a whole lease."""
    return Q(status=StepStatus.RUNNING, lease_expires__lt=now)


def _free(now: datetime) -> Q:
    return Q(status=StepStatus.WAITING) | lapsed(now)


def lease_left(step: Step, now: datetime) -> timedelta:
    """How long until it may be taken over; zero where nobody has it."""
    return max(timedelta(), (step.lease_expires or now) - now)
