"""The register of an account: which transaction ids it holds, and on which booking day.

A transaction's key begins with its booking day, so that pages are read in order. By the register
the same id is found again when it comes with another day (an AMEND, or a contradiction), and a
transaction is found by its id alone. It costs one small item for each account that a writer
touches, and not one for each transaction.
"""

from base64 import b32decode
from dataclasses import dataclass
from datetime import date

from aws.dynamodb import Item

REGISTER = "R#"  # the sort keys of its runs begin so

_DIGEST_BYTES = 8
_RUN_ENTRY_BYTES = _DIGEST_BYTES + 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRun:
    """What one writer added to an account: digest of transaction id -> booking day."""

    account_id: str
    source: str
    days: dict[bytes, date]


def register_digest(transaction_id: str) -> bytes:
    """The 8 bytes by which the register knows an id.

    Two of an account's 100,000 ids share them once in 10^9 such accounts.
    """
    digits = transaction_id.rpartition("_")[2].upper()
    return b32decode(f"{digits:=<32}")[:_DIGEST_BYTES]


def run_to_item(run: RegisterRun) -> Item:
    packed = b"".join(
        digest + day.toordinal().to_bytes(4, "big") for digest, day in sorted(run.days.items())
    )
    return {"pk": run.account_id, "sk": f"{REGISTER}{run.source}", "i": packed}


def run_from_item(item: Item) -> RegisterRun:
    packed: bytes = item["i"]
    entries = (packed[at : at + _RUN_ENTRY_BYTES] for at in range(0, len(packed), _RUN_ENTRY_BYTES))
    return RegisterRun(
        account_id=item["pk"],
        source=item["sk"].removeprefix(REGISTER),
        days={
            entry[:_DIGEST_BYTES]: date.fromordinal(int.from_bytes(entry[_DIGEST_BYTES:], "big"))
            for entry in entries
        },
    )
