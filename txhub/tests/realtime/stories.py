"""Messages of many accounts as senders send them, how they arrive, and what must stand in the end.

Nothing here knows how they are stored: what a transaction must be like is read from the youngest
message about it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kernel.clock import utc_now
from txhub.realtime.messages import read
from txhub.tests.realtime.samples import (
    BankAccount,
    a_message,
    as_json,
    bank_account,
    stored_of,
)

Message = dict[str, Any]
Facts = tuple[str, int, str]  # status, signed minor units, description


@dataclass(slots=True)
class Story:
    """Some accounts, and every message about them in the order of their sequences."""

    accounts: list[BankAccount]
    messages: list[Message] = field(default_factory=list)

    def expected(self) -> dict[tuple[str, str], Facts]:
        """Account number and the feed's id -> what the youngest message says."""
        youngest: dict[tuple[str, str], Message] = {}
        for message in self.messages:
            youngest[message["account"], message["id"]] = message
        return {key: _facts(message) for key, message in youngest.items()}

    def stored(self) -> dict[tuple[str, str], Facts]:
        """The same of what is stored. A transaction that is stored twice, or that nobody sent,
        stands under its opaque id."""
        names = {_name(message): message["id"] for message in self.messages}
        found: dict[tuple[str, str], Facts] = {}
        for account in self.accounts:
            for each in stored_of(account):
                name = names.pop(each.transaction_id, each.transaction_id)
                facts = (each.status.value, each.amount.minor, each.description)
                found[account.number, name] = facts
        return found


def a_story(messages: int, *, accounts: int, seed: int) -> Story:
    """Transactions that are announced, posted, amended and reversed, in every mixture."""
    chance = random.Random(seed)  # noqa: S311
    story = Story([bank_account() for _ in range(accounts)])
    told: dict[str, list[Message]] = {account.number: [] for account in story.accounts}
    for _ in range(messages):
        account = chance.choice(story.accounts).number
        history = told[account]
        facts = {
            "account": account,
            "sequence": len(history) + 1,
            "message_id": f"m-{account}-{len(history) + 1}",
            "minor": chance.randint(1, 99_999),
            "posted_on": f"2026-{chance.randint(1, 4):02}-{chance.randint(1, 28):02}",
        }
        message = _next(history, facts, chance)
        history.append(message)
        story.messages.append(message)
    return story


def _next(history: Sequence[Message], facts: dict[str, Any], chance: random.Random) -> Message:
    earlier = {message["id"]: message for message in history}  # the last about each
    turn = chance.random()
    if earlier and turn < 0.4:
        last = chance.choice(list(earlier.values()))
        action = "NEW" if last["state"] == "P" else "AMEND"
        return a_message(**facts, id=last["id"], state="B", action=action, description="again")
    if earlier and turn < 0.5:
        return a_message(**facts, action="REVERSE", side="C", reversal_of=chance.choice([*earlier]))
    return a_message(**facts, state=chance.choice("PB"))


def arrivals(messages: Sequence[Message], *, seed: int, displaced: int = 150) -> list[Message]:
    """One in ten comes twice or thrice, and each may come `displaced` places too late."""
    chance = random.Random(seed)  # noqa: S311
    sent = [message for message in messages for _ in range(chance.choice([1] * 18 + [2, 3]))]
    late = [(place + chance.uniform(0, displaced), place) for place in range(len(sent))]
    return [sent[place] for _, place in sorted(late)]


def _name(message: Message) -> str:
    return read(as_json(message), clock=utc_now).transaction_id


def _facts(message: Message) -> Facts:
    sign = -1 if message["side"] == "D" else 1
    status = "posted" if message["state"] == "B" else "pending"
    return status, sign * message["minor"], message["description"]
