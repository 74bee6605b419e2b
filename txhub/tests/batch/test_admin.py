from pathlib import Path
from secrets import token_hex

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from identity import approvals, audit
from identity.proposals import Proposal
from identity.staff import Role
from txhub.batch import jobs
from txhub.batch.models import JobInstance, QuarantinedRow, ReconciliationReport
from txhub.batch.reconcile import reconcile
from txhub.batch.reconcile.reports import reconcile_and_keep
from txhub.batch.reports import report
from txhub.batch.statuses import JobStatus
from txhub.repository import TRANSACTION_REPOSITORY
from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import landed_job, run, run_file_step
from txhub.tests.batch.stored import stored_by

pytestmark = pytest.mark.django_db(transaction=True)
MODELS = (
    "jobinstance", "jobexecution", "fileexecution", "chunkexecution", "pruneexecution",
    "quarantinedrow", "refusedobject", "reconciliationreport", "expectedfile",
)  # fmt: skip


def signed_in(*roles: Role) -> Client:
    user = User.objects.create_user(token_hex(6), is_staff=True)
    for role in roles:
        user.groups.add(Group.objects.get_or_create(name=role.value)[0])
    client = Client()
    client.force_login(user)
    return client


def proposals_about(row: QuarantinedRow) -> list[Proposal]:
    return [each for each in approvals.open_proposals() if each.subject == f"row:{row.pk}"]


@pytest.fixture
def job(tmp_path: Path) -> JobInstance:
    """Completed, with one row in quarantine."""
    instance = landed_job(card_file(tmp_path, [*card_rows(20), "1,never,9,9,CLEAR-TEXT,0,0"]))
    assert run(instance)["quarantined"] == 1
    return instance


@pytest.fixture
def waiting(tmp_path: Path) -> JobInstance:
    instance = landed_job(card_file(tmp_path, card_rows(20)))
    run_file_step(instance)
    return instance


def act(client: Client, model: str, action: str, pk: str) -> None:
    url = reverse(f"admin:txhub_{model}_changelist")
    answer = client.post(url, {"action": action, "_selected_action": [pk]}, follow=True)
    assert answer.status_code == 200


class TestPages:
    @pytest.mark.parametrize("model", MODELS)
    def test_open_for_a_viewer(self, job: JobInstance, model: str) -> None:
        client = signed_in(Role.VIEWER)
        assert client.get(reverse(f"admin:txhub_{model}_changelist")).status_code == 200

    @pytest.mark.parametrize("model", MODELS)
    def test_stay_closed_for_staff_without_a_role(self, model: str) -> None:
        client = signed_in()
        assert client.get(reverse(f"admin:txhub_{model}_changelist")).status_code == 403

    def test_show_progress_and_slowest_chunks(self, job: JobInstance) -> None:
        execution = jobs.last_execution(job)
        assert execution is not None
        page = signed_in(Role.VIEWER).get(
            reverse("admin:txhub_jobexecution_change", args=[execution.pk])
        )
        text = page.content.decode()
        assert "Slowest chunks" in text
        assert "1 row of this job waits in quarantine" in text
        assert "hx-trigger" not in text  # an ended job's page stands still

    def test_show_what_a_reconciliation_found(self, job: JobInstance) -> None:
        TRANSACTION_REPOSITORY.delete(*stored_by(job)[0].key)
        reconcile_and_keep(job, reconcile)
        report = ReconciliationReport.objects.get(instance=job)
        assert (report.faults, report.rows) == (1, 21)
        address = reverse("admin:txhub_reconciliationreport_change", args=[report.pk])
        page = signed_in(Role.VIEWER).get(address).content.decode()
        assert "is-differs" in page
        assert "missing" in page

    def test_of_a_running_job_refreshes_itself(self, waiting: JobInstance) -> None:
        execution = jobs.last_execution(waiting)
        assert execution is not None
        url = reverse("admin:txhub_jobexecution_change", args=[execution.pk])
        text = signed_in(Role.VIEWER).get(url).content.decode()
        assert 'hx-trigger="every 2s"' in text
        assert "0 of 20 rows" in text

    def test_of_a_job_lead_to_its_steps(self, job: JobInstance) -> None:
        client = signed_in(Role.VIEWER)
        for model in ("chunkexecution", "fileexecution", "pruneexecution"):
            url = reverse(f"admin:txhub_{model}_changelist")
            assert client.get(f"{url}?execution__instance__id={job.pk}").status_code == 200

    def test_of_a_job_have_buttons_for_operators_alone(self, waiting: JobInstance) -> None:
        execution = jobs.last_execution(waiting)
        assert execution is not None
        url = reverse("admin:txhub_jobexecution_change", args=[execution.pk])
        assert "Stop in order" in signed_in(Role.OPERATOR).get(url).content.decode()
        assert "Stop in order" not in signed_in(Role.VIEWER).get(url).content.decode()

    def test_at_the_front_name_what_one_may_open(self) -> None:
        for role, audit_too in ((Role.VIEWER, False), (Role.OPERATOR, False), (Role.AUDITOR, True)):
            text = signed_in(role).get(reverse("admin:index")).content.decode()
            assert reverse("approvals") in text
            assert (reverse("audit") in text) is audit_too
        nobody = signed_in().get(reverse("admin:index")).content.decode()
        assert reverse("approvals") not in nobody


class TestActions:
    def test_stop_and_restart_a_job(self, waiting: JobInstance) -> None:
        client = signed_in(Role.OPERATOR)
        execution = jobs.last_execution(waiting)
        assert execution is not None
        act(client, "jobexecution", "stop", execution.pk)
        assert report(waiting)["status"] == JobStatus.STOPPED
        act(client, "jobexecution", "restart", execution.pk)
        assert report(waiting)["attempt"] == 2
        actions = {entry.action for entry in audit.entries_about(f"job:{waiting.pk}")}
        assert {"job.stopped", "job.restarted"} <= actions

    def test_are_buttons_on_the_job_s_page_too(self, waiting: JobInstance) -> None:
        client = signed_in(Role.OPERATOR)
        for action, status, attempt in (("stop", "STOPPED", 1), ("restart", "STARTING", 2)):
            last = jobs.last_execution(waiting)
            assert last is not None
            url = reverse("admin:txhub_jobexecution_act", args=[last.pk, action])
            assert signed_in(Role.VIEWER).post(url).status_code == 403
            assert client.get(url).status_code == 405
            page = client.post(url, follow=True)
            assert f"attempt {attempt} of job" in " ".join(page.content.decode().split())
            assert (report(waiting)["status"], report(waiting)["attempt"]) == (status, attempt)

    def test_are_not_for_viewers(self, waiting: JobInstance) -> None:
        execution = jobs.last_execution(waiting)
        assert execution is not None
        act(signed_in(Role.VIEWER), "jobexecution", "stop", execution.pk)
        assert report(waiting)["status"] == JobStatus.RUNNING

    def test_abandoning_takes_two(self, waiting: JobInstance) -> None:
        execution = jobs.last_execution(waiting)
        assert execution is not None
        jobs.stop(execution.pk)
        act(signed_in(Role.OPERATOR), "jobexecution", "propose_abandon", execution.pk)
        assert report(waiting)["status"] == JobStatus.STOPPED
        subject = f"job:{waiting.pk}"
        (proposal,) = [each for each in approvals.open_proposals() if each.subject == subject]
        approver = User.objects.create_user(token_hex(6), is_staff=True)
        approver.groups.add(Group.objects.get_or_create(name=Role.APPROVER.value)[0])
        approvals.approve(proposal.proposal_id, approver)
        assert report(waiting)["status"] == JobStatus.ABANDONED


class TestQuarantine:
    def test_shows_the_row_to_operators_alone_and_says_so_in_the_audit_log(
        self, job: JobInstance
    ) -> None:
        row = QuarantinedRow.objects.get(instance=job)
        url = reverse("admin:txhub_quarantinedrow_correct", args=[row.pk])
        assert signed_in(Role.VIEWER).get(url).status_code == 403
        page = signed_in(Role.OPERATOR).get(url)
        assert "CLEAR-TEXT" in page.content.decode()
        assert page["Cache-Control"] == "private, no-store"
        assert [each.action for each in audit.entries_about(f"row:{row.pk}")] == [
            "quarantine.viewed"
        ]

    def test_takes_a_correction_as_a_proposal(self, job: JobInstance) -> None:
        row = QuarantinedRow.objects.get(instance=job)
        client = signed_in(Role.OPERATOR)
        url = reverse("admin:txhub_quarantinedrow_correct", args=[row.pk])
        client.post(url, {"corrected": "1,2018-04-01 00:00:31,9,9,1.00,0,0"})
        (proposal,) = proposals_about(row)
        payload = approvals.payload_of(proposal)
        assert payload["as it came"] == "1,never,9,9,CLEAR-TEXT,0,0"  # the approver compares
        assert payload["reason"] == row.reason

    @pytest.mark.parametrize(
        ("corrected", "said"),
        [
            ("1,2018-04-01 00:00:31,9,9,12.345,0,0", "more decimals than EUR has"),
            ("1,2018-04-01 00:00:31,4539578763621486,9,1.00,0,0", "never kept"),
        ],
    )
    def test_says_at_once_what_is_wrong_with_a_correction(
        self, job: JobInstance, corrected: str, said: str
    ) -> None:
        row = QuarantinedRow.objects.get(instance=job)
        url = reverse("admin:txhub_quarantinedrow_correct", args=[row.pk])
        page = signed_in(Role.OPERATOR).post(url, {"corrected": corrected})
        assert said in page.content.decode()
        assert proposals_about(row) == []

    def test_change_page_leads_there(self, job: JobInstance) -> None:
        row = QuarantinedRow.objects.get(instance=job)
        page = signed_in(Role.OPERATOR).get(
            reverse("admin:txhub_quarantinedrow_change", args=[row.pk])
        )
        assert f"{row.pk}/correct/" in page.content.decode()
        assert "CLEAR-TEXT" not in page.content.decode()
