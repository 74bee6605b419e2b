"""What the probes of the hub say, and what they leave out."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from kernel.clock import utc_now
from txhub import measuring
from txhub.batch.models import STATEMENTS, JobExecution, JobInstance
from txhub.batch.statuses import JobStatus
from txhub.metrics import FEED_AGE, PENDING_ACCOUNTS
from txhub.tests.batch.files import hub_file, hub_rows
from txhub.tests.batch.here import ingest

pytestmark = pytest.mark.django_db(transaction=True)
FEED = "core"


@pytest.fixture
def _jobs(tmp_path: Path) -> None:
    """A file has come in; what brings in none has run too."""
    path = hub_file(tmp_path, hub_rows(4), feed=FEED)
    assert ingest(path, profile="hub", business_date=None)["status"] == "COMPLETED"
    for kind in (STATEMENTS, "mail_render", "mail_send"):
        other = JobInstance.objects.create(
            kind=kind, feed=f"{kind}/payment_due", business_date=date(2026, 1, 20), object_key=kind
        )
        JobExecution.objects.create(
            instance=other, feed=other.feed, status=JobStatus.COMPLETED, ended_at=utc_now()
        )


@pytest.mark.usefixtures("_jobs")
class TestFeeds:
    def test_are_as_old_as_their_last_file(self) -> None:
        measuring.feeds(clock=lambda: utc_now() + timedelta(hours=2))
        (of_feed,) = FEED_AGE.samples()
        assert of_feed.labels == (FEED,)
        assert 7200 <= of_feed.value < 7500

    def test_have_pending_accounts_and_other_jobs_have_none(self) -> None:
        measuring.pending()
        assert [each.labels for each in PENDING_ACCOUNTS.samples()] == [(FEED,)]
