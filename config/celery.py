"""The Celery application: `celery -A config.celery worker`."""

import os

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# One line for each kind of work that must not wait behind another: a file step takes long, and
# chunks are many.
ROUTES = {
    "txhub.run_chunk": "chunks",
    "txhub.run_file": "batch",
    "txhub.run_prune": "batch",
    "txhub.start_job": "batch",
    "txhub.redrive_row": "batch",
    "txhub.reconcile_job": "batch",
    "cart.*": "cart",
}
QUEUES = sorted({"default", *ROUTES.values()})

app = Celery("txhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_default_queue="default",
    task_queues=[Queue(name) for name in QUEUES],
    task_routes={name: {"queue": queue} for name, queue in ROUTES.items()},
    # A message leaves the broker after its work is done, and comes back when its process dies.
    # So every task may run twice, and must be safe to.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # What is unacknowledged for so long is delivered again, although it may still be worked on: a
    # large file takes longer. A step is claimed in the relational database, and its worker renews
    # the claim; so a second message costs one question there, and then it is gone.
    broker_transport_options={"visibility_timeout": 900},
    broker_connection_retry_on_startup=True,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    # Outcomes are told by the relational database and DynamoDB, not by the broker.
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_send_task_events=False,
)
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**_arguments: object) -> None:
    """Being connected is what stops Celery from replacing Django's `LOGGING`."""
