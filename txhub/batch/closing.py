"""What a job is closed with: the counts of its finished steps, and what is wrong with them."""

from txhub.batch.counts import COLUMNS, Counts, counts_of
from txhub.batch.models import ChunkExecution, FileExecution, JobInstance
from txhub.batch.statuses import StepStatus
from txhub.feeds.profiles import profile_named


def counts_so_far(instance: JobInstance) -> Counts:
    """Over the finished steps of all attempts."""
    done = StepStatus.COMPLETED
    files = FileExecution.objects.filter(instance=instance, status=done)
    chunks = ChunkExecution.objects.filter(file__instance=instance, status=done)
    total = counts_of(files.values(*COLUMNS))
    total.add(counts_of(chunks.values(*COLUMNS)))
    return total


def fault_of(instance: JobInstance) -> str:
    """Why a job whose chunks are all stored cannot be COMPLETED; empty where it can."""
    counts = counts_so_far(instance)
    if not counts.adds_up:
        return "internal error: the rows do not add up"
    if not _is_allowed(instance, counts):
        return (
            f"too_many_rejected: {counts.quarantined} of {counts.read} rows are in quarantine, most"
            " of them because they contradict what is stored; the others are stored"
        )
    return ""


def _is_allowed(instance: JobInstance, counts: Counts) -> bool:
    """Where no file was brought in, any number may be held back."""
    if not instance.profile:
        return True
    return profile_named(instance.profile).skip_limit.allows(counts.quarantined, counts.read)
