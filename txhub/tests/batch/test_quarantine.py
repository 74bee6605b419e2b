from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

import pytest
from django.contrib.auth.models import Group, User

from identity import approvals
from identity.proposals import Approval
from identity.staff import Role
from txhub.batch import quarantine, reading_again
from txhub.batch.approvals import CORRECT_ROW, DISCARD_ROW
from txhub.batch.models import JobInstance, QuarantinedRow
from txhub.batch.reading_again import StillBad, StillRefused
from txhub.batch.reconcile import reconcile
from txhub.batch.rejects import open_correction
from txhub.batch.statuses import RowStatus
from txhub.domain.entries import Entry
from txhub.domain.storing import Outcome
from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import ingest, landed_job, run
from txhub.tests.batch.stored import stored_by

pytestmark = pytest.mark.django_db(transaction=True)
PCARD_HEADER = (
    "SOURCE_FILE,SOURCE_ROW,TRANS DATE,MERCHANT NAME,CARD NUMBER,ORIGINAL GROSS AMT,ORIGINAL CUR,"
    "BILLING GROSS AMT,BILLING CUR CODE,TRANS VAT DESC,TRANS CAC CODE 1,TRANS CAC DESC 1,"
    "TRANS CAC CODE 2,TRANS CAC DESC 2,TRANS CAC CODE 3,DIRECTORATE"
)


def staff(role: Role) -> User:
    user = User.objects.create_user(token_hex(6), is_staff=True)
    user.groups.add(Group.objects.get_or_create(name=role.value)[0])
    return user


def pcard(card: str, row: int, amount: str) -> str:
    return f"x,{row},2017-01-03,shell,{card},{amount},GBP,{amount},GBP,VR,K,Fuel,R,A,A0,Adult"


def stored_correction(row: QuarantinedRow) -> Entry:
    row.refresh_from_db()
    return reading_again.parsed(row, open_correction(row).decode())


@pytest.fixture
def rows() -> list[str]:
    return card_rows(20, accounts=2)


@pytest.fixture
def job(tmp_path: Path, rows: list[str]) -> JobInstance:
    """20 rows, the one in line 9 without an amount."""
    broken = [*rows[:7], rows[7].replace(",0,0", "?,0,0"), *rows[8:]]
    instance = landed_job(card_file(tmp_path, broken))
    assert run(instance)["quarantined"] == 1
    return instance


@pytest.fixture
def row(job: JobInstance) -> QuarantinedRow:
    return QuarantinedRow.objects.get(instance=job)


class TestCorrection:
    def test_is_proposed_by_one_and_approved_by_another(
        self, job: JobInstance, row: QuarantinedRow, rows: list[str]
    ) -> None:
        payload = {"row": row.pk, "corrected": rows[7]}
        proposal = approvals.propose(CORRECT_ROW, f"row:{row.pk}", payload, staff(Role.OPERATOR))
        assert len(stored_by(job)) == 19
        decided = approvals.approve(proposal.proposal_id, staff(Role.APPROVER))
        row.refresh_from_db()
        assert (decided.status, decided.failure) == (Approval.DONE, None)
        assert (row.status, row.outcome) == (RowStatus.REDRIVEN, Outcome.WRITTEN)
        assert len(stored_by(job)) == 20
        assert reconcile(job).agrees, reconcile(job).findings

    def test_that_does_not_validate_is_refused_and_the_row_stays_open(
        self, row: QuarantinedRow
    ) -> None:
        with pytest.raises(StillBad, match="field_count"):
            quarantine.correct(row.pk, "1,2,3")
        row.refresh_from_db()
        assert row.status == RowStatus.OPEN

    def test_done_twice_stores_once(
        self, job: JobInstance, row: QuarantinedRow, rows: list[str]
    ) -> None:
        assert quarantine.correct(row.pk, rows[7]) is Outcome.WRITTEN
        assert quarantine.correct(row.pk, rows[7]) is Outcome.WRITTEN
        assert len(stored_by(job)) == 20

    def test_after_the_row_is_stored_changes_nothing(
        self, job: JobInstance, row: QuarantinedRow, rows: list[str]
    ) -> None:
        quarantine.correct(row.pk, rows[7])
        other = rows[7].rsplit(",", 3)[0] + ",1.00,0,0"
        assert quarantine.correct(row.pk, other) is Outcome.WRITTEN
        assert reading_again.parsed(row, rows[7]) == stored_correction(row)

    def test_makes_the_corrected_file_all_duplicates(
        self, tmp_path: Path, row: QuarantinedRow, rows: list[str]
    ) -> None:
        quarantine.correct(row.pk, rows[7])
        report = ingest(card_file(tmp_path, rows, "sent-again.csv"))
        assert (report["written"], report["duplicates"]) == (0, 20)

    def test_of_a_repeated_purchase_gets_the_next_ordinal(self, tmp_path: Path) -> None:
        card = f"************{token_hex(3)}"
        good = [pcard(card, number, "72.61") for number in (2, 3)]
        path = tmp_path / "cards.csv"
        path.write_text("\n".join([PCARD_HEADER, good[0], pcard(card, 4, "72,61x"), good[1], ""]))
        instance = landed_job(path, profile="birmingham_pcard")
        run(instance)
        row = QuarantinedRow.objects.get(instance=instance)
        assert quarantine.correct(row.pk, pcard(card, 4, "72.61")) is Outcome.WRITTEN
        assert len(stored_by(instance)) == 3
        assert reconcile(instance).agrees
        path.write_text("\n".join([PCARD_HEADER, *good, pcard(card, 4, "72.61"), ""]))
        again = ingest(path, profile="birmingham_pcard")
        assert (again["written"], again["duplicates"]) == (0, 3)


class TestDayTooFarAhead:
    def test_is_told_by_the_day_the_file_came_in_and_not_by_today(self, tmp_path: Path) -> None:
        came_in = datetime(2018, 6, 3, tzinfo=UTC)
        rows = card_rows(20)
        ahead = rows[4].replace("2018-04", "2018-08").replace("2018-05", "2018-08")
        instance = landed_job(
            card_file(tmp_path, [*rows[:4], ahead, *rows[5:]]), clock=lambda: came_in
        )
        assert run(instance)["quarantined"] == 1
        row = QuarantinedRow.objects.get(instance=instance)
        assert (row.line, row.code) == (6, "date_in_future")
        assert reconcile(instance).agrees
        with pytest.raises(StillBad, match="date_in_future"):
            quarantine.redrive(row.pk)
        with pytest.raises(StillBad, match="after 2018-07-04"):
            quarantine.correct(row.pk, ahead)


class TestDiscard:
    def test_ends_the_matter(self, row: QuarantinedRow, rows: list[str]) -> None:
        proposal = approvals.propose(
            DISCARD_ROW, f"row:{row.pk}", {"row": row.pk}, staff(Role.OPERATOR)
        )
        approvals.approve(proposal.proposal_id, staff(Role.APPROVER))
        with pytest.raises(quarantine.RowDecided):
            quarantine.correct(row.pk, rows[7])

    def test_is_not_undone_by_storing_the_row(self, row: QuarantinedRow) -> None:
        quarantine.discard(row.pk)
        with pytest.raises(quarantine.RowDecided):
            quarantine.redrive(row.pk)

    def test_of_a_stored_row_is_refused(self, row: QuarantinedRow, rows: list[str]) -> None:
        quarantine.correct(row.pk, rows[7])
        with pytest.raises(quarantine.RowDecided):
            quarantine.discard(row.pk)
        row.refresh_from_db()
        assert row.status == RowStatus.REDRIVEN


class TestContradiction:
    def test_still_cannot_be_stored_as_it_is(self, tmp_path: Path, rows: list[str]) -> None:
        ingest(card_file(tmp_path, rows))
        changed = rows[3].rsplit(",", 3)[0] + ",77777.77,0,0"  # the same id, another amount
        instance = landed_job(card_file(tmp_path, [changed], "changed.csv"))
        assert run(instance)["quarantined"] == 1
        row = QuarantinedRow.objects.get(instance=instance)
        with pytest.raises(StillRefused, match="AMEND"):
            quarantine.redrive(row.pk)
        row.refresh_from_db()
        assert row.status == RowStatus.OPEN


class TestUnknownAccount:
    def test_row_is_stored_once_the_account_is_there(self, tmp_path: Path) -> None:
        rows = card_rows(30, accounts=1)
        stranger = card_rows(1)[0]
        ingest(card_file(tmp_path, rows[:1]))
        instance = landed_job(
            card_file(tmp_path, [*rows, stranger], "more.csv"), create_accounts=False
        )
        assert run(instance)["quarantined"] == 1
        row = QuarantinedRow.objects.get(instance=instance)
        with pytest.raises(StillRefused):
            quarantine.redrive(row.pk)
        other = stranger.split(",")
        opener = ",".join(["9" + other[0], *other[1:]])
        ingest(card_file(tmp_path, [opener], "opener.csv"))
        assert quarantine.redrive(row.pk) is Outcome.WRITTEN
        assert reconcile(instance).agrees, reconcile(instance).findings
