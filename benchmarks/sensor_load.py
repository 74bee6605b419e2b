"""The devices of the benchmark, as a process of their own: they post batches for a while.

`python -m benchmarks.sensor_load PORT TOKEN SECONDS CONNECTIONS` prints how many readings were
accepted, in how many seconds. All bodies are made beforehand but for their times, so that the
generator costs little: a line's time is written over in place.
"""

import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator

SENSORS = 1000
LINES = 5000  # of a request
_PATH = "/api/v2/write?precision=s"


def main(port: int, token: str, seconds: float, connections: int) -> None:
    accepted = [0] * connections
    ends = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_post, args=(port, token, ends, accepted, index, connections))
        for index in range(connections)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"accepted": sum(accepted), "seconds": time.monotonic() - began}))


def _post(
    port: int, token: str, ends: float, accepted: list[int], index: int, connections: int
) -> None:
    headers = {"Authorization": f"Token {token}", "Content-Type": "text/plain"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for body in _bodies(index, connections):
        if time.monotonic() >= ends:
            return
        connection.request("POST", _PATH, body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status == http.HTTPStatus.NO_CONTENT:
            accepted[index] += LINES
        else:
            time.sleep(float(answer.headers.get("Retry-After", "1")))


def _bodies(index: int, connections: int) -> Iterator[bytes]:
    """Each one a few readings of some sensors, a second after those of the body before."""
    readings_each = LINES * connections // SENSORS
    names = [f"bench,n={number}" for number in range(index, SENSORS, connections)]
    at_s = int(time.time()) - 24 * 3600
    turn = 0
    while True:
        lines = []
        for step in range(readings_each):
            second = at_s + turn * readings_each + step
            suffix = f"{20 + (second % 600) / 100:.2f} {second}"
            lines += [f"{name} value={suffix}" for name in names]
        yield "\n".join(lines).encode()
        turn += 1


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
