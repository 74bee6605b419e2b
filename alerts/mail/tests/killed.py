"""A process that works on a campaign and ends itself with SIGKILL at one place (see `deadly`)."""

import os
import signal
import time

from django.db import connections

from alerts.mail.domain.kinds import Campaign
from alerts.mail.services import campaigns
from alerts.mail.services.post import post_office
from alerts.mail.tests.world import LONG_AGO
from alerts.mail.transports import _made
from txhub.batch import work
from txhub.batch.models import ChunkExecution, JobInstance
from txhub.batch.statuses import StepStatus
from txhub.tests.batch.deadly import arm

SECONDS_MAX = 300.0
TABLE = "alerts.mail.repository.mails:MailRepository"
# In the order of the work: each process gets a little further than the one before.
PLACES = {
    "between two parts of the list": "aws.storage:put_sealed:after:2",
    "before the list's checkpoint": "alerts.mail.jobs:make_known:before:1",
    "before a part is rendered": "alerts.mail.jobs:write_rendered:before:2",
    "after it, before its checkpoint": "alerts.mail.jobs:write_rendered:after:2",
    "before the intents": f"{TABLE}.intend:before:2",
    "after the intents, before a message is handed over": f"{TABLE}.intend:after:2",
    "while messages are handed over": "alerts.mail.transports.smtp:_hand_over:before:12",
    "after acceptance, before its answer is read": "smtplib:SMTP.getreply:before:60",
    "between acceptance and record": f"{TABLE}.conclude:before:2",
    "after the record": f"{TABLE}.conclude:after:2",
    "before a part's checkpoint": "alerts.mail.jobs:_as_counts:before:1",
    "after it": "alerts.mail.jobs:_as_counts:after:2",
}


def work_until_killed(campaign: Campaign, place: str = "") -> bool:
    """Does what a worker does, in a process of its own; whether that was killed."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        _work_and_exit(campaign, place)
    _pid, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def is_done(campaign: Campaign) -> bool:
    rounds = campaigns.send_jobs(campaign)
    execution = campaigns.current_execution(campaign)
    return bool(rounds) and execution is not None and execution.status == "COMPLETED"


def _work_and_exit(campaign: Campaign, place: str) -> None:
    os.setsid()  # it kills its process group
    status = 1
    try:
        connections.close_all()
        for kept in (post_office, _made):
            kept.cache_clear()
        os.environ["TXHUB_DIE_AT"] = place
        arm()
        _work(campaign)
        status = 0
    finally:
        os._exit(status)


def _work(campaign: Campaign) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while not is_done(campaign):
        assert time.monotonic() < deadline, "it does not end"
        campaigns.take_up(LONG_AGO)
        for instance in [campaigns.render_job(campaign), *campaigns.send_jobs(campaign)]:
            _work_on(instance)
        time.sleep(0.05)  # a dead process's lease must run out


def _work_on(instance: JobInstance) -> None:
    if instance.file.status != StepStatus.COMPLETED:
        work.work_on_file(instance.file.pk)
    left = ChunkExecution.objects.filter(file__instance=instance).exclude(
        status=StepStatus.COMPLETED
    )
    for chunk_id in left.values_list("pk", flat=True):
        work.work_on_chunk(chunk_id)
