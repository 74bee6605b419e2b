"""The devices of the benchmark, as a process of their own: they post batches for a while.

`python -m benchmarks.sensor_load PORT TOKEN,TOKEN... SECONDS` has a connection for each token, and
prints what was accepted, in how many seconds. The texts of values are made beforehand, so that the
generator costs little.
"""

import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.sensor_data import generated

SENSORS = 400
LINES = 5000  # of a request
_BACK_S = 12 * 3600
_PATH = "/api/v2/write?precision=s"


@dataclass(slots=True)
class Sent:
    """What became of a connection's requests."""

    accepted: int = 0
    refused: int = 0


def main(port: int, tokens: list[str], seconds: float) -> None:
    sent = [Sent() for _token in tokens]
    values = [f" value={value:.2f} " for value in generated(50_000, seed=3)["value"].tolist()]
    began = time.monotonic()
    threads = [
        threading.Thread(
            target=_post,
            args=(port, token, began + seconds, mine, _bodies(index, len(tokens), values)),
        )
        for index, (token, mine) in enumerate(zip(tokens, sent, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = {
        "accepted": sum(each.accepted for each in sent),
        "refused": sum(each.refused for each in sent),
        "seconds": time.monotonic() - began,
        "cpu_s": time.process_time(),
    }
    print(json.dumps(told))


def _post(port: int, token: str, ends: float, sent: Sent, bodies: Iterator[bytes]) -> None:
    headers = {"Authorization": f"Token {token}", "Content-Type": "text/plain"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for body in bodies:
        while True:
            if time.monotonic() >= ends:
                return
            connection.request("POST", _PATH, body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == http.HTTPStatus.NO_CONTENT:
                sent.accepted += LINES
                break
            sent.refused += 1
            time.sleep(float(answer.headers.get("Retry-After", "1")))


def _bodies(index: int, connections: int, values: list[str]) -> Iterator[bytes]:
    """Each one some seconds of some sensors, those after the body before."""
    numbers = range(index, SENSORS, connections)
    seconds_each = LINES // len(numbers)
    names = [(f"bench,n={number}", 97 * number) for number in numbers]
    at_s, elapsed = int(time.time()) - _BACK_S, 0
    while True:
        lines = [
            f"{name}{values[(elapsed + step + offset) % len(values)]}{at_s + elapsed + step}"
            for name, offset in names
            for step in range(seconds_each)
        ]
        yield "\n".join(lines).encode()
        elapsed += seconds_each


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2].split(","), float(sys.argv[3]))
