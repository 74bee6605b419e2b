import signal
import subprocess
import sys
import time
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from django.conf import settings

from aws import sessions, storage
from aws.vault import is_sealed
from txhub.batch import jobs, landing, sending
from txhub.batch.models import JobInstance, RefusedObject
from txhub.feeds.rows import FeedKind
from txhub.management.commands import orchestrate
from txhub.resources import LANDING
from txhub.tests.batch.clocks import KilledError, dies_at
from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import landed_job, run

pytestmark = pytest.mark.django_db(transaction=True)


SSE_KMS = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "alias/aws/s3"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return card_file(tmp_path, card_rows(20))


def dropped(file: Path, key: str, **options: Any) -> str:
    """An object that another system puts, past all our code."""
    sessions.client("s3").put_object(
        Bucket=LANDING.physical_name, Key=key, Body=file.read_bytes(), **options
    )
    return key


def incoming(profile: str = "simulated_card") -> str:
    return f"incoming/{profile}/daily/2018-06-01/{token_hex(4)}.csv"


class TestLand:
    def test_seals_the_file(self, file: Path) -> None:
        instance = landed_job(file)
        raw = b"".join(storage.get_stream(LANDING, instance.object_key))
        assert is_sealed(raw)
        assert b"CUSTOMER_ID" not in raw

    def test_says_what_it_is(self, file: Path) -> None:
        instance = landed_job(file)
        received = landing.receive(instance.object_key, instance.object_version)
        assert received is not None
        assert jobs.register(received) == instance
        assert received.description.create_accounts


class TestReceive:
    def test_seals_what_others_dropped_under_kms(self, file: Path) -> None:
        key = dropped(file, incoming(), **SSE_KMS)
        landed = landing.receive(key, None)
        assert landed is not None
        assert (landed.description.kind, landed.description.profile) == (
            FeedKind.DAILY,
            "simulated_card",
        )
        assert is_sealed(b"".join(storage.get_stream(LANDING, landed.key)))
        assert _versions(key) == []

    def test_twice_is_one_job(self, file: Path) -> None:
        key = dropped(file, incoming(), **SSE_KMS)
        version = storage.head(LANDING, key).version
        first = landing.receive(key, version)
        assert first is not None
        instance = jobs.register(first)
        assert landing.receive(key, version) is None  # it is gone
        assert JobInstance.objects.filter(object_key=first.key).get() == instance

    def test_interrupted_goes_on_with_the_same_copy(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key = dropped(file, incoming(), **SSE_KMS)
        with monkeypatch.context() as patch:
            patch.setattr(storage, "delete", dies_at(0))  # the copy is written, the original there
            with pytest.raises(KilledError):
                landing.receive(key, None)
        landed = landing.receive(key, None)
        assert landed is not None
        assert _versions(landed.key) == [landed.version]
        assert _versions(key) == []

    def test_refuses_what_is_neither_sealed_nor_encrypted(self, file: Path) -> None:
        key = dropped(file, incoming(), ServerSideEncryption="AES256")
        assert landing.receive(key, None) is None
        refused = RefusedObject.objects.latest("at")
        assert refused.code == "object_not_encrypted"
        assert is_sealed(b"".join(storage.get_stream(LANDING, refused.moved_to)))
        assert _versions(key) == []

    @pytest.mark.parametrize(
        "key",
        [incoming("unknown"), f"elsewhere/{token_hex(4)}.csv", "incoming/x.csv"],
        ids=["unknown profile", "elsewhere", "too short"],
    )
    def test_refuses_what_nobody_described(self, file: Path, key: str) -> None:
        dropped(file, key, **SSE_KMS)
        assert landing.receive(key, None) is None
        assert RefusedObject.objects.latest("at").code == "object_not_described"

    def test_leaves_what_was_moved_aside(self, file: Path) -> None:
        assert landing.receive("refused/something", None) is None


class TestOrchestrate:
    def test_hears_of_a_landed_object_and_sends_its_job(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent: list[dict[str, Any]] = []
        monkeypatch.setattr(sending, "send", lambda _task, **arguments: sent.append(arguments))
        landed = landing.land(
            file, kind=FeedKind.DAILY, profile="simulated_card", business_date=None
        )
        orchestrate.Command().handle(until_idle=True)
        assert {"key": landed.key, "version": landed.version} in sent
        sent.clear()
        orchestrate.Command().handle(until_idle=True)
        assert landed.key not in {each["key"] for each in sent}  # the message was deleted

    @pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
    def test_stops_in_order(self, signum: signal.Signals) -> None:
        log = Path(settings.VAR_DIR) / f"orchestrate-{token_hex(4)}.log"
        command = [sys.executable, "manage.py", "orchestrate"]
        with log.open("wb") as output:
            child = subprocess.Popen(
                command, cwd=settings.BASE_DIR, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            while b"orchestrate_listens" not in log.read_bytes():
                assert child.poll() is None, log.read_text()
                time.sleep(0.05)
            child.send_signal(signum)
            assert child.wait(timeout=10) == 0
        finally:
            child.kill()

    def test_job_of_a_dropped_object_runs(self, file: Path) -> None:
        key = dropped(file, incoming(), **SSE_KMS)
        landed = landing.receive(key, None)
        assert landed is not None
        report = run(jobs.register(landed))
        # Others cannot have accounts opened: all rows are of unknown accounts.
        assert report["status"] == "FAILED"


def _versions(key: str) -> list[str]:
    answer = sessions.client("s3").list_object_versions(Bucket=LANDING.physical_name, Prefix=key)
    return [each["VersionId"] for each in answer.get("Versions", ())]
