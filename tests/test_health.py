import time

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from config import health
from embedded.processes import free_port

pytestmark = pytest.mark.django_db(transaction=True)


class TestLivez:
    def test_answers_without_asking_anybody(self, client: Client) -> None:
        response = client.get("/livez")
        assert (response.status_code, response.json()) == (200, {"status": "ok"})


class TestReadyz:
    def test_names_every_dependency(self, client: Client) -> None:
        response = client.get("/readyz")
        assert response.status_code == 200
        assert response.json() == {
            "status": "ok",
            "checks": dict.fromkeys(["dynamodb", "cache", "broker", "database"], "ok"),
        }
        assert "no-store" in response["Cache-Control"]

    def test_is_503_and_says_who_does_not_answer(self, client: Client) -> None:
        time.sleep(health.KEPT_S)  # the last look is kept so long
        with override_settings(CELERY_BROKER_URL=f"redis://127.0.0.1:{free_port()}/0"):
            response = client.get("/readyz")
        assert response.status_code == 503
        checks = response.json()["checks"]
        assert checks.pop("broker") == "ConnectionError"
        assert set(checks.values()) == {"ok"}

    def test_is_503_while_the_place_drains_and_requests_are_answered(self, client: Client) -> None:
        call_command("drain")
        try:
            response = client.get("/readyz")
            assert response.status_code == 503
            assert response.json()["checks"]["draining"] == "about to stop"
            assert client.get("/livez").status_code == 200
        finally:
            call_command("drain", "--undo")
        assert "draining" not in client.get("/readyz").json()["checks"]

    def test_does_not_wait_for_one_that_hangs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(health.CHECKS, "dynamodb", lambda: time.sleep(health.ANSWER_S_MAX + 2))
        started_at = time.monotonic()
        assert health.look()["dynamodb"] == "timeout"
        assert time.monotonic() - started_at < health.ANSWER_S_MAX + 1


class TestEveryPage:
    def test_forbids_inline_scripts_and_framing(self, client: Client) -> None:
        policy = client.get("/livez")["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
