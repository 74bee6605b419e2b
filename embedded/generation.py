"""Do the database file and the engine's state belong together?

SQLite writes every commit to disk; the engine saves its state on an orderly stop only. After a
power cut, or a killed engine, the one is newer than the other. So both carry the number of their
generation, and each run gives them a new one: the engine's is in its memory, and comes to disk
with its state or not at all.
"""

import http.client
import json
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

# The engine saves its services by name, and of those that we use this is the last.
_NAME = "/embedded/generation"


def of_database(path: Path) -> int | None:
    """The generation of a SQLite file; None where there is no file, or it has no number."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(path, timeout=20)) as database:
        number: int = database.execute("PRAGMA user_version").fetchone()[0]
    return number or None


def of_engine(port: int) -> int | None:
    """The generation of the state that the running engine loaded; None where it is empty."""
    answer = _call(port, "GetParameter", {"Name": _NAME})
    return int(answer["Parameter"]["Value"]) if "Parameter" in answer else None


def begin(database: Path, port: int) -> int:
    """Gives both a new generation; returns it."""
    number = 1 + secrets.randbelow(2**31 - 1)
    value = {"Name": _NAME, "Value": str(number), "Type": "String", "Overwrite": True}
    _call(port, "PutParameter", value)
    with closing(sqlite3.connect(database, timeout=20)) as opened:
        opened.execute(f"PRAGMA user_version = {number:d}")
        opened.commit()
    return number


# The engine asks for no signature, so that this module needs no AWS client.
def _call(port: int, operation: str, body: dict[str, object]) -> dict[str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        headers = {
            "X-Amz-Target": f"AmazonSSM.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
        }
        connection.request("POST", "/", json.dumps(body), headers)
        answer: dict[str, dict[str, str]] = json.loads(connection.getresponse().read())
        return answer
    finally:
        connection.close()
