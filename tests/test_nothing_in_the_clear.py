"""After a run, nothing that names a merchant, account or card lies anywhere in the clear."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from secrets import token_hex

import pytest
import redis
from django.conf import settings
from django.core.management import call_command

from aws import messaging, storage
from aws.resources import Bucket
from aws.sessions import client
from tests.raw_places import places_that_hold
from txhub.resources import LANDING, LANDING_QUEUE, STAGING
from txhub.tests.batch.files import hub_file, hub_rows
from txhub.tests.batch.workers import worker
from txhub.tests.realtime.processes import start_listener
from txhub.tests.realtime.queues import sqs_queue, until
from txhub.tests.realtime.samples import BankAccount, a_message, stored_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
CARD = "4539578763621486"  # passes the card check


def needles() -> dict[str, str]:
    """Words that stand in this test's file and nowhere else."""
    mark = token_hex(6)
    return {
        "merchant": f"Merchant {mark}",
        "description": f"Description {mark}",
        "account": f"ACCT{mark.upper()}",
        "authorisation": f"Q{mark[:5].upper()}",
        "bad row": f"Reject {mark}",
    }


def feed_file(folder: Path, words: dict[str, str]) -> Path:
    """Rows that are stored, and one that goes to quarantine: its id is another's."""
    rows = [
        replace(
            entry,
            account=words["account"],
            currency="GBP",
            merchant=words["merchant"],
            auth_code=words["authorisation"],
            description=f"{words['description']} {CARD}",
        )
        for entry in hub_rows(40)
    ]
    contradiction = replace(rows[0], description=words["bad row"], amount_minor=-1)
    return hub_file(folder, [*rows, contradiction])


class TestAfterAnIngestion:
    def test_nothing_lies_in_the_clear(self, tmp_path: Path) -> None:
        words = needles()
        path = feed_file(tmp_path, words)
        out = StringIO()
        with worker():
            call_command(
                *("ingest", str(path), "--kind", "daily", "--profile", "hub"),
                *("--create-accounts", "--wait", "--json"),
                stdout=out,
            )
            report = json.loads(out.getvalue().strip().splitlines()[-1])
            assert (report["written"], report["quarantined"]) == (40, 1)
            assert places_that_hold({**words, "card": CARD}) == set()


class TestAfterMessages:
    def test_nothing_lies_in_the_clear(self) -> None:
        words, queue = needles(), sqs_queue()
        account = BankAccount.numbered(words["account"])
        account.open()
        said = {
            "account": words["account"],
            "merchant": words["merchant"],
            "auth_code": words["authorisation"],
            "description": f"{words['description']} {CARD}",
        }
        bad = [a_message(**said, minor=1.5), a_message(**{**said, "account": words["bad row"]})]
        queue.send([a_message(**said), *bad, words["bad row"]])
        listener = start_listener(queue)
        try:
            until(lambda: queue.waiting() == 0)
        finally:
            listener.stop()
        assert len(stored_of(account)) == 1
        assert places_that_hold({**words, "card": CARD}) == set()


class TestAPlantedLeak:
    """Each kind of place is really read: what is put there in the clear is found."""

    def test_is_found_in_a_table(self) -> None:
        word = f"planted {token_hex(6)}"
        item = {"pk": {"S": "planted"}, "sk": {"S": "x"}, "z": {"B": f"xx{word}".encode()}}
        client("dynamodb").put_item(TableName="test-transactions", Item=item)
        assert any(where.startswith("table") for where in places_that_hold({"w": word}, "tables"))
        key = {name: item[name] for name in ("pk", "sk")}
        client("dynamodb").delete_item(TableName="test-transactions", Key=key)

    @pytest.mark.parametrize("bucket", [LANDING, STAGING])
    def test_is_found_in_a_bucket(self, bucket: Bucket) -> None:
        word = f"planted {token_hex(6)}"
        storage.put_stream(bucket, "planted/x", [word.encode()])
        found = places_that_hold({"w": word}, "buckets")
        storage.delete(bucket, "planted/x")
        assert f"bucket {bucket.physical_name}: w" in found

    def test_is_found_in_a_queue(self) -> None:
        word = f"planted {token_hex(6)}"
        for number in range(15):  # more than one answer holds
            messaging.send(LANDING_QUEUE, {"planted": f"{word} {number}"})
        found = places_that_hold({"w": word}, "queues")
        assert f"queue {LANDING_QUEUE.physical_name}: w" in found

    @pytest.mark.parametrize("url", ["REDIS_URL", "CELERY_BROKER_URL"])
    def test_is_found_in_redis(self, url: str) -> None:
        word = f"planted {token_hex(6)}"
        server = redis.Redis.from_url(getattr(settings, url))
        server.lpush("planted", word)
        found = places_that_hold({"w": word}, "redis")
        server.delete("planted")
        assert "redis: w" in found

    def test_is_found_in_a_file(self) -> None:
        word = f"planted {token_hex(6)}"
        path = Path(settings.VAR_DIR) / "planted.log"
        path.write_text(f"x {word} y")
        found = places_that_hold({"w": word}, "files")
        path.unlink()
        assert "file planted.log: w" in found
