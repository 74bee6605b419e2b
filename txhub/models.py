"""Where Django looks for models. No business entity is one: these are the state of batch jobs."""

from txhub.batch.models import (
    ChunkExecution,
    FileExecution,
    JobExecution,
    JobInstance,
    PruneExecution,
    QuarantinedRow,
    RefusedObject,
)

__all__ = [
    "ChunkExecution",
    "FileExecution",
    "JobExecution",
    "JobInstance",
    "PruneExecution",
    "QuarantinedRow",
    "RefusedObject",
]
