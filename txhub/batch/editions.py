"""How a feed's files stand to each other: which is younger, and what a full memo file replaced."""

from django.db.models import QuerySet

from txhub.batch.models import FileExecution, JobInstance, PruneExecution
from txhub.batch.statuses import StepStatus
from txhub.domain.editions import Edition, last_edition_of, memo_edition
from txhub.feeds.rows import Coverage, FeedHeader, FeedKind


def edition_of(instance: JobInstance, header: FeedHeader | None) -> Edition:
    """Only memo files are numbered among each other; any other is younger than all of its day."""
    if instance.kind != FeedKind.MEMO:
        return last_edition_of(instance.business_date)
    return memo_edition(instance.business_date, header.sequence if header else 0)


def replaces_pending(header: FeedHeader | None) -> bool:
    """Whether the feed's pending entries are to be those of this file, and no others."""
    return header is not None and (header.kind, header.coverage) == (FeedKind.MEMO, Coverage.FULL)


def is_superseded(file: FileExecution) -> bool:
    """Whether a younger full memo file of the feed has replaced what this one calls pending."""
    return _replacing(file).filter(file__edition__gt=file.edition).exists()


def may_be_gone(file: FileExecution) -> bool:
    """Whether another full memo file may have taken away what this one calls pending."""
    others = _replacing(file).exclude(file=file)
    return others.filter(file__edition__gte=file.edition).exists()


def has_younger(file: FileExecution) -> bool:
    """Whether a younger memo file of the feed is being stored, or is. It may have named entries
    again that are stored since an older one."""
    younger = FileExecution.objects.filter(
        instance__feed=file.instance.feed,
        instance__kind=FeedKind.MEMO,
        status=StepStatus.COMPLETED,
        edition__gt=file.edition,
    )
    return younger.exists()


def _replacing(file: FileExecution) -> "QuerySet[PruneExecution]":
    return PruneExecution.objects.filter(
        file__instance__feed=file.instance.feed, status=StepStatus.COMPLETED
    )
