"""Where Django looks for models. No business entity is one: these are the state of batch jobs."""

from txhub.batch.models import (
    ChunkDigest,
    ChunkExecution,
    ExpectedFile,
    FileExecution,
    JobExecution,
    JobInstance,
    PruneExecution,
    QuarantinedRow,
    ReconciliationReport,
    RefusedObject,
)

__all__ = [
    "ChunkDigest",
    "ChunkExecution",
    "ExpectedFile",
    "FileExecution",
    "JobExecution",
    "JobInstance",
    "PruneExecution",
    "QuarantinedRow",
    "ReconciliationReport",
    "RefusedObject",
]
