"""`make demo`: the whole of TxHub on this machine, until Ctrl-C. `python -m embedded.demo`."""

import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from embedded.console import Ears, StopAsked, say
from embedded.place import Layout, environment_of, start_servers
from embedded.places import owning
from embedded.programs import programs
from embedded.supervisor import Supervisor
from kernel.errors import Conflict, HubError

ROOT = Path(__file__).resolve().parent.parent
_WEB_S_MAX = 60.0


class PortTaken(Conflict):
    """Another program listens on the port."""

    code = "port_taken"


def main() -> int:
    """Serves until it is asked to stop: 0; or until something cannot go on: 1."""
    ears = Ears()
    layout = Layout(var=Path(os.environ.get("TXHUB_VAR_DIR", ROOT / "var")))
    try:
        port = _port()
        with owning(layout.var, say), supervised(layout, ears) as supervisor:
            serve(supervisor, layout, port)
    except StopAsked:
        say("Stopped; the data is kept in var/.")
        return 0
    except HubError as error:
        say(error.message)
        return 1
    return 0


@contextmanager
def supervised(layout: Layout, ears: Ears) -> Iterator[Supervisor]:
    """A supervisor with running servers; on the way out all that it has is stopped in order."""
    started_at = time.monotonic()
    servers = start_servers(layout, say)
    say(f"Engine and Redis are up ({time.monotonic() - started_at:.1f} s).")
    supervisor = Supervisor(
        servers,
        root=ROOT,
        logs=layout.logs,
        environment=environment_of(layout, servers),
        ears=ears,
    )
    try:
        yield supervisor
    except HubError as error:
        say(error.message)
        raise SystemExit(1) from error
    finally:
        say("Stopping, in order ...")
        supervisor.stop()


def serve(supervisor: Supervisor, layout: Layout, port: int) -> None:
    """Starts the application, loads the demo bank on the first start, and watches over all."""
    url = f"http://127.0.0.1:{port}"
    supervisor.run("prepare")
    supervisor.start(programs(port, layout.servers))
    deadline = time.monotonic() + _WEB_S_MAX
    supervisor.watch(until=lambda: _is_served(port) or time.monotonic() > deadline)
    if not layout.demo.exists():
        supervisor.run("load_demo_bank", "--url", url, *_size_of_bank())
    _remember_url(layout.demo, url)
    say(_welcome(layout.demo))
    supervisor.watch()


def _size_of_bank() -> list[str]:
    """`make demo DEMO_CUSTOMERS=500 DEMO_MONTHS=24`: on the first start."""
    asked = {"--customers": "DEMO_CUSTOMERS", "--months": "DEMO_MONTHS"}
    return [
        part
        for option, name in asked.items()
        if name in os.environ
        for part in (option, os.environ[name])
    ]


def _port() -> int:
    port = int(os.environ.get("PORT") or 8000)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(
                f"Port {port} cannot be used ({error.strerror}). "
                "Choose another: make demo PORT=8001"
            ) from error
    return port


def _is_served(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _remember_url(demo: Path, url: str) -> None:
    """The port may be another than last time."""
    known = json.loads(demo.read_text())
    demo.write_text(json.dumps({**known, "url": url}, indent=2) + "\n")


def _welcome(demo: Path) -> str:
    known = json.loads(demo.read_text())
    customers = [f"    {each['email']}   {each['password']}" for each in known["customers"]]
    staff = [f"    {each['username']}   {each['password']}" for each in _staff_of(known)]
    return "\n".join(
        [
            "",
            f"  TxHub is at {known['url']}/   (Ctrl-C stops it and keeps the data)",
            "",
            "  Customers:",
            *customers,
            f"  Staff, at {known['url']}/admin/:",
            *staff,
            "",
            f"  Try next: sign in; {known['url']}/api/docs/; `.venv/bin/python manage.py help`",
            "",
        ]
    )


def _staff_of(known: dict[str, Any]) -> list[dict[str, str]]:
    return [known[role] for role in ("staff", "approver") if role in known]


if __name__ == "__main__":
    sys.exit(main())
