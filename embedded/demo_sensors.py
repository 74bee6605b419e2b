"""The sensors of the demo, and how they send: as any device does, over HTTP."""

import gzip
import http.client
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import numpy as np
import orjson

from kernel.errors import Unavailable
from sensors.domain.readings import ns
from sensors.domain.simulated import Simulated

SENSORS = (
    Simulated(name="leeds/vault:temperature", middle=18.5, swing=0.8, noise=0.05),
    Simulated(name="leeds/vault:humidity", middle=44, swing=4, noise=0.3, decimals=1),
    Simulated(name="leeds/hall:temperature", middle=21, swing=3, noise=0.1),
    Simulated(name="leeds/hall:co2", middle=620, swing=260, noise=8, decimals=0),
    Simulated(name="data-centre/rack-07:temperature", middle=31, swing=2.5, noise=0.4),
    Simulated(name="data-centre/rack-07:power", middle=4.2, swing=0.9, noise=0.06, decimals=3),
    Simulated(name="york/cash-machine-3:temperature", middle=14, swing=9, noise=0.2),
    Simulated(name="york/roof:wind", middle=6.5, swing=5, noise=1.2, decimals=1),
)
_PATH = "/api/v1/sensors/readings?precision=ns"
_AT_ONCE = 20_000


class NotTaken(Unavailable):
    """The site does not take readings at the moment."""

    code = "not_taken"


def send(url: str, token: str, begin: datetime, end: datetime, every: timedelta) -> None:
    """What all sensors say from `begin` on and before `end`. Raises `NotTaken`: then the same may
    be sent again."""
    step_ns = every // timedelta(microseconds=1) * 1000
    first_ns = -(-ns(begin) // step_ns) * step_ns
    at = np.arange(first_ns, ns(end), step_ns, dtype=np.int64)
    for some in np.array_split(at, -(-len(at) * len(SENSORS) // _AT_ONCE) or 1):
        rows = [
            {"sensor": sensor.name, "time": time, "value": value}
            for sensor in SENSORS
            for time, value in zip(some.tolist(), sensor.said(some).tolist(), strict=True)
        ]
        _post(url, token, rows)


def _post(url: str, token: str, rows: Sequence[dict[str, object]]) -> None:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
    }
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request("POST", _PATH, gzip.compress(orjson.dumps(rows), 1), headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise NotTaken from error
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.ACCEPTED:
        raise NotTaken(f"the site answered {answer.status} to readings")
