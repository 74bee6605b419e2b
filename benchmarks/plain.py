"""What a plain loop over boto3 does with the same rows: the other side of the comparison.

`python -m benchmarks.plain FILE TABLE PART PARTS FIRST LAST` writes every PARTS-th batch of the
file's rows FIRST..LAST and prints how many rows and seconds that was. It waits for a line on its
standard input before it begins, so that several begin together, after their imports.
"""

import csv
import json
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

_BATCH = 25
Row = dict[str, str]


def main(path: Path, table: str, part: int, parts: int, first: int, last: int) -> None:
    from aws.sessions import build_client

    client = build_client("dynamodb")
    client.describe_table(TableName=table)
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.time()
    written = 0
    with path.open(newline="") as file:
        for batch in _batches(islice(csv.DictReader(file), first, last), part, parts):
            _write(client, table, batch)
            written += len(batch)
    print(json.dumps({"rows": written, "began": began, "ended": time.time()}))


def _batches(rows: Iterator[Row], part: int, parts: int) -> Iterator[list[Row]]:
    number = 0
    while batch := list(islice(rows, _BATCH)):
        if number % parts == part:
            yield batch
        number += 1


def _write(client: Any, table: str, batch: list[Row]) -> None:
    left = {table: [{"PutRequest": {"Item": _item(row)}} for row in batch]}
    while left:
        left = client.batch_write_item(RequestItems=left).get("UnprocessedItems")


def _item(row: Row) -> dict[str, Any]:
    """Fourteen attributes in the clear: what the hub seals, and what it keeps beside that."""
    at, amount = row["TX_DATETIME"], row["TX_AMOUNT"]
    day, number = at[:10], row["TRANSACTION_ID"]
    return {
        "pk": {"S": f"{row['CUSTOMER_ID']}#{day[:4]}"},
        "sk": {"S": f"{day}#{at}#{number}"},
        "id": {"S": number},
        "account": {"S": row["CUSTOMER_ID"]},
        "status": {"S": "posted"},
        "kind": {"S": "card"},
        "amount": {"N": amount},
        "currency": {"S": "EUR"},
        "occurred_at": {"S": at},
        "posted_on": {"S": day},
        "merchant": {"S": f"Terminal {row['TERMINAL_ID']}"},
        "description": {"S": f"Card purchase at terminal {row['TERMINAL_ID']}"},
        "source": {"S": "simulated_card"},
        "version": {"N": "1"},
    }


if __name__ == "__main__":
    file, name, *numbers = sys.argv[1:]
    main(Path(file), name, *map(int, numbers))
