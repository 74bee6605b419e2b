"""CloudWatch Logs: the events of a log group, by a text that stands in them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from aws.errors import translated
from aws.sessions import client

_PAGES_MAX = 10


def events(group: str, term: str, *, since: datetime, until: datetime) -> Iterator[str]:
    """Messages that hold `term` (all where it is empty), in order of time; of very many the first.

    Raises `Unavailable`.
    """
    parameters: dict[str, Any] = {
        "logGroupName": group,
        "startTime": int(since.timestamp() * 1000),
        "endTime": int(until.timestamp() * 1000),
    }
    if term:
        quoted = term.replace('"', "")
        parameters["filterPattern"] = f'"{quoted}"'
    for _page in range(_PAGES_MAX):
        with translated():
            answer = client("logs").filter_log_events(**parameters)
        yield from (event["message"] for event in answer.get("events", ()))
        if "nextToken" not in answer:
            return
        parameters["nextToken"] = answer["nextToken"]
