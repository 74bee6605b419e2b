"""The worklist: an index of what somebody must act on, and the attributes that put an item there.

    g            x             what
    E#<letter>   2026-05-14    a pending entry, by the last day of its hold
    D#<letter>   2026-05-06    a posting whose match is doubtful, by its booking day

`letter` is the first of the account's id behind `acc_`: so the index is spread over 32 partitions,
which are read one after the other. Whatever has no `g` is not in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from aws.dynamodb import Item, Key, Repository
from txhub.domain.entities import AccountId, TransactionId
from txhub.resources import TRANSACTIONS

_INDEX = "worklist"
_EXPIRING, _DOUBTFUL = "E", "D"
# What account ids may begin with, as DynamoDB sorts it.
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One item of the worklist: its key, and the day that it stands under."""

    key: tuple[str, str]
    day: date

    @property
    def account_id(self) -> AccountId:
        return AccountId(self.key[0].partition("#")[0])

    @property
    def transaction_id(self) -> TransactionId:
        return TransactionId(self.key[1].rpartition("#")[2])


class Worklist(Repository):
    """Reads the index; a second behind, so what it names is read anew before anything is done."""

    table = TRANSACTIONS

    def expired(self, today: date) -> Iterator[Due]:
        """Pending entries whose hold ended before today."""
        before_today = Key("x").lt(today.isoformat())
        for letter in _LETTERS:
            for item in self.query_all(f"{_EXPIRING}#{letter}", index=_INDEX, sort=before_today):
                yield due_from_item(item)

    def doubtful(self) -> Iterator[Due]:
        """Postings whose match somebody should look at; by account, oldest first."""
        for letter in _LETTERS:
            for item in self.query_all(f"{_DOUBTFUL}#{letter}", index=_INDEX):
                yield due_from_item(item)


def expiry_marks(account_id: AccountId, expires_on: date, *, is_open: bool) -> Item:
    """Of a pending entry; what is pending no more keeps the day alone."""
    day: Item = {"x": expires_on.isoformat()}
    return {**day, "g": f"{_EXPIRING}#{_letter_of(account_id)}"} if is_open else day


def expiry_of(item: Item) -> date | None:
    return date.fromisoformat(item["x"]) if "x" in item else None


def doubt_marks(account_id: AccountId, day: date) -> Item:
    """Of a posting."""
    return {"x": day.isoformat(), "g": f"{_DOUBTFUL}#{_letter_of(account_id)}"}


def due_from_item(item: Item) -> Due:
    return Due(key=(item["pk"], item["sk"]), day=date.fromisoformat(item["x"]))


def _letter_of(account_id: AccountId) -> str:
    return account_id.partition("_")[2][0]


WORKLIST = Worklist()
