"""The workers: tasks and queues."""

from aws import probes
from aws.metrics.names import QUEUE_WAITING, STREAM_ITERATOR_AGE, TASK_SECONDS
from kernel.dashboards import Dashboard, Panel, PanelKind, Probe, Series, Show

WORKERS = Dashboard(
    key="workers",
    title="Workers",
    about="Background tasks, in the place of Lambda functions",
    panels=(
        Panel(
            key="invocations",
            title="Invocations",
            about="Attempts each second, by task.",
            kind=PanelKind.RATE,
            series=Series(TASK_SECONDS),
            by=("task",),
            headline=True,
        ),
        Panel(
            key="errors",
            title="Errors",
            about="The share of attempts that ended in an error which is final.",
            kind=PanelKind.RATIO,
            series=Series(TASK_SECONDS, {"outcome": ("error", "*_*", "unavailable", "refused")}),
            of=Series(TASK_SECONDS),
            show=Show.PERCENT,
            headline=True,
        ),
        Panel(
            key="duration",
            title="Duration",
            about="95 of 100 attempts are quicker, by task.",
            kind=PanelKind.QUANTILE,
            series=Series(TASK_SECONDS),
            by=("task",),
            show=Show.SECONDS,
        ),
        Panel(
            key="throttles",
            title="Put off",
            about="Attempts that something over its limit, or away, put off to later.",
            kind=PanelKind.RATE,
            series=Series(TASK_SECONDS, {"outcome": "retry"}),
            by=("task",),
        ),
        Panel(
            key="iterator-age",
            title="Iterator age",
            about="Of stream handlers, which are workers too: the oldest record to be finished.",
            kind=PanelKind.GAUGE,
            series=Series(STREAM_ITERATOR_AGE),
            by=("handler",),
            show=Show.SECONDS,
        ),
        Panel(
            key="waiting",
            title="Waiting in queues",
            about="Messages that no worker has taken yet; dead letters have queues of their own.",
            kind=PanelKind.GAUGE,
            series=Series(QUEUE_WAITING),
            by=("system", "queue"),
            headline=True,
        ),
        Panel(
            key="dead",
            title="Dead letters in queues",
            about="Messages that were received too often, or given up.",
            kind=PanelKind.GAUGE,
            series=Series(QUEUE_WAITING, {"queue": ("*-dead", "*dead-letters")}),
            by=("queue",),
        ),
    ),
    probes=(Probe(name="queues", every_s=20, measure=probes.measure_queues),),
)
