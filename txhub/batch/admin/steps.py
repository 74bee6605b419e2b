"""The steps of jobs, and objects that never became one."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from txhub.batch.admin.pages import ReadOnly, duration, state
from txhub.batch.models import (
    ChunkExecution,
    FileExecution,
    PruneExecution,
    RefusedObject,
    Step,
)


class StepAdmin(ReadOnly):
    """What file steps, chunks and prunes have in common."""

    list_filter = ("status",)
    search_fields = ("=id", "=execution__instance__id")
    exclude = ("lease_token",)
    ordering = ("-started_at",)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A job's page links to its own steps."""
        return lookup == "execution__instance__id" or super().lookup_allowed(lookup, value, request)

    @admin.display(description="status", ordering="status")
    def state_mark(self, step: Step) -> SafeString:
        return state(step.status)

    @admin.display(description="took", ordering="seconds")
    def took(self, step: Step) -> str:
        return duration(step.seconds or None)


@admin.register(FileExecution)
class FileExecutionAdmin(StepAdmin):
    list_display = (
        "instance", "state_mark", "rows_done", "chunk_count", "attempts", "took", "reason",
    )  # fmt: skip
    list_select_related = ("instance",)


@admin.register(ChunkExecution)
class ChunkExecutionAdmin(StepAdmin):
    list_display = (
        "id", "job", "number", "state_mark", "rows", "rows_done", "took", "attempts",
        "lease_expires", "reason",
    )  # fmt: skip
    list_select_related = ("execution",)

    @admin.display(description="job", ordering="execution__instance")
    def job(self, chunk: Any) -> str:
        return str(chunk.execution.instance_id)


@admin.register(PruneExecution)
class PruneExecutionAdmin(StepAdmin):
    list_display = (
        "id", "job", "state_mark", "rows_done", "found", "removed", "kept", "attempts", "took",
        "reason",
    )  # fmt: skip
    list_select_related = ("execution",)

    @admin.display(description="job")
    def job(self, prune: Any) -> str:
        return str(prune.execution.instance_id)


@admin.register(RefusedObject)
class RefusedObjectAdmin(ReadOnly):
    list_display = ("id", "at", "code", "reason", "moved_to")
    list_filter = ("code",)
