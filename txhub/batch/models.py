"""The state of batch jobs: all of it, and only in the relational database.

    JobInstance 1 --- n JobExecution        this job for this input; one attempt at it
        | 1
        +--- 1 FileExecution 1 --- n ChunkExecution
                             1 --- 1 PruneExecution    of a full memo file only

A restart is a new JobExecution that takes over the steps its predecessor left unfinished.
"""

import base64
import secrets
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet

from kernel.clock import utc_now
from txhub.batch.statuses import ACTIVE, ArrivalStatus, JobStatus, RowStatus, StepStatus
from txhub.feeds.rows import FeedKind

# The kind of the jobs that bring in no file, and their feed: one of them at a time.
STATEMENTS = "statements"


def short_id() -> str:
    """Ten letters and digits: short, since every stored transaction carries its chunk's."""
    return base64.b32encode(secrets.token_bytes(7)).decode()[:10].lower()


def _choices(
    statuses: type[ArrivalStatus | JobStatus | StepStatus | RowStatus | FeedKind],
) -> list[tuple[str, str]]:
    return [(str(each), str(each).lower()) for each in statuses]


def _key() -> "models.CharField[str, str]":
    return models.CharField(primary_key=True, max_length=24, default=short_id, editable=False)


class JobInstance(models.Model):
    """A file to bring in: what it is, where it lies, and what came with it.

    One for each version of an object: its kind, feed and business date follow from that. Or a day
    to issue statements for, or what another app registered (`procedures`): without a profile.
    """

    id = _key()
    kind = models.CharField(max_length=12)  # of a feed, or one with a procedure of its own
    feed = models.CharField(max_length=64)
    profile = models.CharField(max_length=64, blank=True)
    business_date = models.DateField()
    object_key = models.CharField(max_length=512)
    object_version = models.CharField(max_length=256)
    size_bytes = models.BigIntegerField(default=0)
    create_accounts = models.BooleanField(default=False)
    landed_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["-landed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["object_key", "object_version"], name="one_job_for_each_object"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feed} {self.kind} {self.business_date} ({self.id})"

    @property
    def brings_in(self) -> bool:
        """Whether it takes over a feed's file, and issues or sends nothing."""
        return self.kind in set(FeedKind)


class Counted(models.Model):
    """What became of rows: `read_rows` is the sum of the six others once the work is done."""

    read_rows = models.BigIntegerField(default=0)
    written = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    matched = models.BigIntegerField(default=0)
    skipped = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    # {"GBP": {"debit_minor": 1, "credit_minor": 2}}, over written and duplicate rows
    totals = models.JSONField(default=dict)

    class Meta:
        abstract = True


class JobExecution(Counted):
    """One attempt. Its counts are those of all finished steps of its instance."""

    id = _key()
    instance = models.ForeignKey(JobInstance, models.PROTECT, related_name="executions")
    feed = models.CharField(max_length=64)
    number = models.PositiveIntegerField(default=1)
    status = models.CharField(
        max_length=12, choices=_choices(JobStatus), default=JobStatus.STARTING
    )
    reason = models.TextField(blank=True)
    started_at = models.DateTimeField(default=utc_now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["instance", "number"], name="attempts_are_numbered"),
            models.UniqueConstraint(
                fields=["feed"],
                condition=models.Q(status__in=sorted(ACTIVE)),
                name="one_running_execution_for_each_feed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instance} attempt {self.number}"

    def seconds(self, now: datetime) -> float:
        return ((self.ended_at or now) - self.started_at).total_seconds()


class Step(models.Model):
    """Work that one worker at a time does under a lease.

    `lease_token` changes with every claim; every later write of the step names it.
    `rows_done` is for the progress bar alone.
    """

    status = models.CharField(
        max_length=12, choices=_choices(StepStatus), default=StepStatus.WAITING
    )
    lease_token = models.CharField(max_length=24, blank=True)
    lease_expires = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    rows_done = models.BigIntegerField(default=0)
    reason = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(default=0)

    class Meta:
        abstract = True


class FileExecution(Counted, Step):
    """The file step: validate, normalise, partition. `bytes_done`: read so far, as it came.

    `edition`: its place among the files of its feed (`txhub.domain.editions`).
    """

    id = _key()
    instance = models.OneToOneField(JobInstance, models.PROTECT, related_name="file")
    execution = models.ForeignKey(JobExecution, models.PROTECT, related_name="files")
    chunk_count = models.PositiveIntegerField(default=0)
    bytes_done = models.BigIntegerField(default=0)
    edition = models.CharField(max_length=32, blank=True)

    def __str__(self) -> str:
        return f"file of {self.instance}"


class ChunkExecution(Counted, Step):
    """A chunk: whole accounts of one file, in one sealed object. `control` is what it must hold:
    the rows' sums by currency as the file step counted them."""

    id = _key()
    file = models.ForeignKey(FileExecution, models.PROTECT, related_name="chunks")
    execution = models.ForeignKey(JobExecution, models.PROTECT, related_name="chunks")
    number = models.PositiveIntegerField()
    object_key = models.CharField(max_length=512)
    rows = models.PositiveIntegerField()
    control = models.JSONField(default=dict)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="chunks_are_numbered"),
        ]
        indexes = [models.Index(fields=["execution", "status"], name="chunks_left_to_do")]

    def __str__(self) -> str:
        return f"chunk {self.number} of {self.file_id}"


class PruneExecution(Step):
    """The last step of a full memo file: takes away the feed's pending entries that it does not
    name. `rows_done` are accounts looked at; `found = removed + kept`."""

    id = _key()
    file = models.OneToOneField(FileExecution, models.PROTECT, related_name="prune")
    execution = models.ForeignKey(JobExecution, models.PROTECT, related_name="prunes")
    found = models.BigIntegerField(default=0)
    removed = models.BigIntegerField(default=0)
    kept = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"prune of {self.file_id}"


class ChunkDigest(models.Model):
    """What a chunk was to store, as its file says it: how many rows and their digest, and which
    accounts and booking days they are of (`txhub.batch.reconcile.expected`)."""

    chunk = models.OneToOneField(
        ChunkExecution, models.PROTECT, primary_key=True, related_name="expected"
    )
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=32)
    first_account = models.CharField(max_length=40)
    last_account = models.CharField(max_length=40)
    first_day = models.DateField()
    last_day = models.DateField()

    def __str__(self) -> str:
        return f"digest of {self.chunk_id}"


class ReconciliationReport(models.Model):
    """What a reconciliation of a job said (`txhub.batch.reconcile.findings`). `findings`: the
    first of `faults`, without any personal data."""

    id = _key()
    instance = models.ForeignKey(JobInstance, models.PROTECT, related_name="reconciliations")
    at = models.DateTimeField(default=utc_now)
    by_digest = models.BooleanField(default=False)
    rows = models.BigIntegerField(default=0)
    accounts = models.BigIntegerField(default=0)
    days = models.BigIntegerField(default=0)
    days_differing = models.BigIntegerField(default=0)
    items = models.BigIntegerField(default=0)
    digests = models.BigIntegerField(default=0)
    faults = models.BigIntegerField(default=0)
    balances_broken = models.BigIntegerField(default=0)
    pending_left = models.BigIntegerField(default=0)
    totals = models.JSONField(default=dict)
    findings = models.JSONField(default=list)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"reconciliation of {self.instance} at {self.at:%Y-%m-%d %H:%M}"


class ExpectedFile(models.Model):
    """A file that the schedule of feeds names (`txhub.feeds.schedule`), and what became of it.
    `rows` and `arrived_at`: once its job has completed. `noted_at`: the last change of status."""

    id = _key()
    feed = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=_choices(FeedKind))
    business_date = models.DateField()
    due_at = models.DateTimeField()
    rows_at_least = models.PositiveIntegerField(default=1)
    status = models.CharField(
        max_length=12, choices=_choices(ArrivalStatus), default=ArrivalStatus.WAITING
    )
    rows = models.BigIntegerField(default=0)
    arrived_at = models.DateTimeField(null=True, blank=True)
    noted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-due_at", "feed"]
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "kind", "business_date"], name="a_file_is_expected_once"
            ),
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="files_to_look_for")]

    def __str__(self) -> str:
        return f"{self.feed} {self.kind} {self.business_date}"


def steps_of(file: FileExecution) -> "tuple[QuerySet[Any], ...]":
    """The file step, its chunks, and its prune where it has one: three kinds of `Step`."""
    return (
        FileExecution.objects.filter(pk=file.pk),
        ChunkExecution.objects.filter(file=file),
        PruneExecution.objects.filter(file=file),
    )


class QuarantinedRow(models.Model):
    """A row that was not taken over. `sealed` holds it: as it stood in the file (`is_raw`), or as a
    chunk has it; card numbers masked. It opens under the feed's key."""

    id = _key()
    instance = models.ForeignKey(JobInstance, models.PROTECT, related_name="quarantine")
    # None: refused by the file step.
    chunk = models.ForeignKey(
        ChunkExecution, models.PROTECT, null=True, blank=True, related_name="quarantine"
    )
    line = models.PositiveBigIntegerField()
    code = models.CharField(max_length=64)
    reason = models.TextField()
    is_raw = models.BooleanField(default=True)
    sealed = models.BinaryField()
    correction = models.BinaryField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=_choices(RowStatus), default=RowStatus.OPEN)
    outcome = models.CharField(max_length=16, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["instance", "line"]
        constraints = [
            models.UniqueConstraint(fields=["instance", "line"], name="a_row_is_quarantined_once"),
        ]

    def __str__(self) -> str:
        return f"line {self.line} of {self.instance_id}"


class RefusedObject(models.Model):
    """An object in the landing bucket that was not taken: why, and where it was moved to."""

    id = _key()
    moved_to = models.CharField(max_length=512, unique=True)
    code = models.CharField(max_length=64)
    reason = models.TextField()
    at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.code} at {self.at:%Y-%m-%d %H:%M}"
