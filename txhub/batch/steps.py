"""Runs a claimed step, and decides what an error of it means for the step and its job."""

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError

from kernel.clock import Clock
from kernel.errors import HubError, Unavailable
from txhub.batch import conf
from txhub.batch.jobs import mark_running, settle
from txhub.batch.leases import Lease, LeaseLost, S, StopRequested, claim

_log = structlog.get_logger(__name__)


def run_step(
    model: type[S], step_id: str, work: Callable[[Lease[S]], None], *, clock: Clock
) -> bool:
    """Claims the step and works on it; False where somebody else has it, or nobody should.

    `Unavailable` (and a busy relational database) gives the lease back and is raised: try again
    later. Every other error fails the step with its reason.
    """
    lease = claim(model, step_id, clock)
    if lease is None:
        return False
    mark_running(_execution_of(lease))
    with structlog.contextvars.bound_contextvars(step=step_id, job=_job_of(lease)):
        _run(lease, work)
    settle(_execution_of(lease), clock=clock)
    return True


def _run(lease: Lease[S], work: Callable[[Lease[S]], None]) -> None:
    try:
        if lease.step.attempts > conf.ATTEMPTS_MAX:
            lease.fail(f"given up: it began {conf.ATTEMPTS_MAX} times and never ended")
        else:
            work(lease)
            _log.info("step_ended", attempt=lease.step.attempts)
    except LeaseLost:
        _log.warning("step_lost", attempt=lease.step.attempts)
    except StopRequested:
        lease.release()
    except (Unavailable, OperationalError, InterfaceError):
        lease.release()
        raise
    except HubError as error:
        _fail(lease, error.code, f"{error.code}: {error.message}")
    except Exception as error:
        # Its text may hold a row's data, so neither the reason nor the log quotes it.
        _log.error("step_broke", where=_where(error), kind=type(error).__name__)
        _fail(lease, "internal", f"internal error ({type(error).__name__} in {_where(error)})")
    except BaseException:
        lease.release()  # the process is being ended: let another worker go on at once
        raise


def _fail(lease: Lease[S], code: str, reason: str) -> None:
    _log.warning("step_failed", code=code)
    try:
        lease.fail(reason)
    except LeaseLost:
        _log.warning("step_lost", attempt=lease.step.attempts)


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"


def _execution_of(lease: Lease[S]) -> str:
    return str(getattr(lease.step, "execution_id"))  # noqa: B009 - each kind of step has one


def _job_of(lease: Lease[S]) -> str:
    return str(getattr(lease.step, "execution").instance_id)  # noqa: B009
