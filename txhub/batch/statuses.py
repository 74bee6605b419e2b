"""Where jobs, steps and quarantined rows stand. docs/states/job_execution.md draws the moves."""

from enum import StrEnum


class JobStatus(StrEnum):
    """One attempt at a file."""

    STARTING = "STARTING"  # its file step is sent and has not begun
    RUNNING = "RUNNING"  # a step has begun
    STOPPING = "STOPPING"  # somebody asked it to stop; steps under way end at their next group
    STOPPED = "STOPPED"  # nothing of it runs; a restart goes on after the finished chunks
    FAILED = "FAILED"  # a step gave up; `reason` says why; a restart goes on likewise
    COMPLETED = "COMPLETED"  # every row is accounted for
    ABANDONED = "ABANDONED"  # never to be restarted


NEXT: dict[JobStatus, frozenset[JobStatus]] = {
    JobStatus.STARTING: frozenset({JobStatus.RUNNING, JobStatus.STOPPING, JobStatus.FAILED}),
    JobStatus.RUNNING: frozenset({JobStatus.STOPPING, JobStatus.FAILED, JobStatus.COMPLETED}),
    JobStatus.STOPPING: frozenset({JobStatus.STOPPED, JobStatus.FAILED, JobStatus.COMPLETED}),
    JobStatus.STOPPED: frozenset({JobStatus.ABANDONED}),
    JobStatus.FAILED: frozenset({JobStatus.ABANDONED}),
    JobStatus.COMPLETED: frozenset(),
    JobStatus.ABANDONED: frozenset(),
}
# Occupies its feed: the next file of the feed waits.
ACTIVE = frozenset({JobStatus.STARTING, JobStatus.RUNNING, JobStatus.STOPPING})
# Steps may begin and go on.
WORKING = frozenset({JobStatus.STARTING, JobStatus.RUNNING})
RESTARTABLE = frozenset({JobStatus.STOPPED, JobStatus.FAILED})


def before(status: JobStatus) -> frozenset[JobStatus]:
    """From where a job may come to `status`."""
    return frozenset(each for each, moves in NEXT.items() if status in moves)


class StepStatus(StrEnum):
    """The file step, or one chunk."""

    WAITING = "WAITING"  # for a worker
    RUNNING = "RUNNING"  # a worker holds the lease; after the lease another may take it over
    COMPLETED = "COMPLETED"  # its checkpoint is written
    FAILED = "FAILED"  # given up; a restart sets it to WAITING


class RowStatus(StrEnum):
    """A quarantined row."""

    OPEN = "OPEN"  # nobody has decided on it
    CORRECTED = "CORRECTED"  # a correction is approved and on its way
    REDRIVEN = "REDRIVEN"  # stored, after a correction or as it was
    DISCARDED = "DISCARDED"  # will not be stored


class ArrivalStatus(StrEnum):
    """A file that is expected. docs/states/expected_file.md draws the moves."""

    WAITING = "WAITING"  # it is not due yet
    ARRIVED = "ARRIVED"  # its job has completed, with as many rows as expected
    SHORT = "SHORT"  # its job has completed, with fewer
    LATE = "LATE"  # it is due, and no job of it has completed


ARRIVAL_NEXT: dict[ArrivalStatus, frozenset[ArrivalStatus]] = {
    ArrivalStatus.WAITING: frozenset(
        {ArrivalStatus.ARRIVED, ArrivalStatus.SHORT, ArrivalStatus.LATE}
    ),
    ArrivalStatus.LATE: frozenset({ArrivalStatus.ARRIVED, ArrivalStatus.SHORT}),
    ArrivalStatus.SHORT: frozenset({ArrivalStatus.ARRIVED}),
    ArrivalStatus.ARRIVED: frozenset(),
}
