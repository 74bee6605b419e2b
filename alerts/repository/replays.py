"""Replays, beside the versions of settings that they try. What a sample says of a customer is
sealed under its account's key."""

from datetime import datetime
from typing import Any

from alerts.domain.replays import Replay, ReplayStatus, Sample, Tally
from alerts.domain.rulebook import Answers
from alerts.resources import RULES
from aws.dynamodb import Item, Key, Repository
from aws.vault import KeyDestroyed, Place, vault
from kernel.errors import Missing
from txhub.public import subject_of

_REPLAY = "R#"


class ReplayMissing(Missing):
    """There is no such replay."""

    code = "replay_not_found"


class ReplayRepository(Repository):
    """Replays, by rule.

    pk        sk         what
    <rule>    R#rpl_…    a replay
    """

    table = RULES

    def save(self, replay: Replay) -> None:
        """Doing a replay again finds the same but for what has happened since."""
        self.put(replay_to_item(replay))

    def find(self, rule: str, replay_id: str) -> Replay:
        """Raises `ReplayMissing`."""
        item = self.get(rule, f"{_REPLAY}{replay_id}", consistent=True)
        if item is None:
            raise ReplayMissing
        return replay_from_item(item)

    def of_rule(self, rule: str) -> list[Replay]:
        """The newest first."""
        items = self.query_all(rule, sort=Key("sk").begins_with(_REPLAY))
        return sorted(map(replay_from_item, items), key=lambda each: each.asked_at, reverse=True)


def replay_to_item(replay: Replay) -> Item:
    return {
        "pk": replay.rule,
        "sk": f"{_REPLAY}{replay.replay_id}",
        "v": replay.number,
        "d": replay.days,
        "by": replay.asked_by,
        "t": replay.asked_at.isoformat(),
        "st": replay.status.value,
        "c": [replay.accounts, replay.customers, replay.transactions],
        "p": replay.is_sample,
        "a": _tally_to_item(replay.tried),
        "b": _tally_to_item(replay.in_force),
        "z": [_sealed(replay.replay_id, each) for each in replay.samples],
    }


def replay_from_item(item: Item) -> Replay:
    replay_id = item["sk"].removeprefix(_REPLAY)
    accounts, customers, transactions = item["c"]
    opened = (_opened(replay_id, each) for each in item["z"])
    return Replay(
        replay_id=replay_id,
        rule=item["pk"],
        number=item["v"],
        days=item["d"],
        asked_by=item["by"],
        asked_at=datetime.fromisoformat(item["t"]),
        status=ReplayStatus(item["st"]),
        accounts=accounts,
        customers=customers,
        transactions=transactions,
        tried=_tally_from_item(item["a"]),
        in_force=_tally_from_item(item["b"]),
        samples=tuple(each for each in opened if each is not None),
        is_sample=item["p"],
    )


def _tally_to_item(tally: Tally) -> Item:
    said = tally.answers
    return {
        "d": dict(tally.by_day),
        "c": [tally.accounts, tally.customers],
        "f": [said.helpful, said.not_helpful],
    }


def _tally_from_item(item: Item) -> Tally:
    accounts, customers = item["c"]
    helpful, not_helpful = item["f"]
    return Tally(
        by_day=item["d"],
        accounts=accounts,
        customers=customers,
        answers=Answers(helpful=helpful, not_helpful=not_helpful),
    )


def _sealed(replay_id: str, sample: Sample) -> list[Any]:
    place = _place(replay_id, sample.transaction_ids[0])
    sealed = vault().seal(subject_of(sample.account_id), sample.reason.encode(), place)
    return [sample.account_id, list(sample.transaction_ids), sealed]


def _opened(replay_id: str, stored: list[Any]) -> Sample | None:
    """None for an account that is forgotten."""
    account_id, transaction_ids, sealed = stored
    place = _place(replay_id, transaction_ids[0])
    try:
        reason = vault().open(subject_of(account_id), sealed, place).decode()
    except KeyDestroyed:
        return None
    return Sample(account_id=account_id, transaction_ids=tuple(transaction_ids), reason=reason)


def _place(replay_id: str, transaction_id: str) -> Place:
    return Place(table="alert-rules", key=f"{replay_id}|{transaction_id}", attribute="z")


REPLAY_REPOSITORY = ReplayRepository()
