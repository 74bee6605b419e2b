"""`make demo`, from the first start to the second, with a small bank."""

import json
import os
import signal
import stat
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded.processes import free_port
from tests.places import Place, wait_for
from tests.raw_places import files_that_hold

pytestmark = pytest.mark.journey
READY_S_MAX = 180.0


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(var=tmp_path)
    try:
        yield place
    finally:
        place.close()


def serve(place: Place) -> str:
    """Starts the demo and returns its URL, once it says so."""
    port = free_port()
    place.start("embedded.demo", PORT=str(port), DEMO_CUSTOMERS="3", DEMO_MONTHS="1")
    wait_for(lambda: "TxHub is at" in place.said or place.has_ended(), READY_S_MAX)
    assert not place.has_ended(), place.said
    return f"http://127.0.0.1:{port}"


def ask(url: str, token: str = "", body: dict[str, str] | None = None) -> Any:
    headers = {"Content-Type": "application/json"} | (
        {"Authorization": f"Bearer {token}"} if token else {}
    )
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(url, data, headers)  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
        return json.loads(response.read())


def token_of(url: str, customer: dict[str, Any]) -> str:
    sign_in = {"email": customer["email"], "password": customer["password"]}
    return str(ask(f"{url}/api/v1/token", body=sign_in)["access_token"])


def accounts_of(url: str, customer: dict[str, Any]) -> list[str]:
    accounts = ask(f"{url}/api/v1/accounts", token_of(url, customer))
    return [each["id"] for each in accounts["data"]]


def shown(url: str, customer: dict[str, Any]) -> dict[str, str]:
    """What a customer reads on the newest page, and nobody else may: one of each kind."""
    account = customer["accounts"][0]
    page = ask(f"{url}/api/v1/accounts/{account}/transactions", token_of(url, customer))["data"]
    merchants = {each["merchant"]["name"] for each in page} - {None}
    return {
        "description": max((each["description"] for each in page), key=len),
        "merchant": max(merchants, key=len),
    }


def test_a_bank_is_there_survives_a_dead_child_and_is_there_again(place: Place) -> None:
    url = serve(place)
    demo_file = place.var / "demo.json"
    demo = json.loads(demo_file.read_text())
    assert demo["url"] == url
    assert stat.S_IMODE(demo_file.stat().st_mode) == 0o600, "it holds passwords"
    alice, bob, charlie = demo["customers"]
    assert sorted(accounts_of(url, alice)) == sorted(alice["accounts"])
    assert set(alice["accounts"]) & set(bob["accounts"]), "they share one"
    assert not set(charlie["accounts"]) & {*alice["accounts"], *bob["accounts"]}

    os.kill(min(place.processes("granian")), signal.SIGKILL)
    wait_for(lambda: "Restarted the web" in place.said)
    wait_for(lambda: _lives(url))

    words = shown(url, alice)
    place.send(signal.SIGINT)
    assert place.exit_status() == 0
    wait_for(lambda: place.processes() == [], seconds_max=5)

    assert files_that_hold(words, place.var) == set()
    (place.var / "planted").write_text(words["description"])
    assert files_that_hold(words, place.var) == {"file planted: description"}

    url = serve(place)
    assert "bringing in" not in place.said, "the second start is warm"
    assert sorted(accounts_of(url, bob)) == sorted(bob["accounts"])
    assert ask(f"{url}/readyz")["status"] == "ok"


def _lives(url: str) -> bool:
    try:
        return bool(ask(f"{url}/livez") == {"status": "ok"})
    except OSError:
        return False
