"""The bank's side: movements get ids, an order, running balances, and a file they are sent in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from txhub.domain.entries import Action, Entry, Status
from txhub.feeds.generator.movements import Diary, Movement
from txhub.feeds.rows import FeedKind

# On the last day only what happened before this hour (UTC) is known: a demo that starts in the
# morning must not show the evening.
LAST_HOUR = 9


@dataclass(frozen=True, slots=True)
class Sent:
    """An entry and the file it goes into."""

    kind: FeedKind
    entry: Entry


def book(diary: Diary, until: date) -> Iterator[Sent]:
    """What the bank sends about a household when its business day is `until`.

    Booked before: historical. Booked on the day: daily, with corrections of what was booked before.
    A card purchase that the historical file does not have yet is pending, so in the memo file too:
    loaded in the order historical, memo, daily, some pending ones are replaced by their posting.
    """
    known = [movement for movement in diary.movements if _happened(movement, until)]
    known.sort(key=lambda movement: (movement.posted_on, movement.number))
    balances = {account.number: account.opening_minor for account in diary.household.accounts}
    amended = _to_amend(diary, known, until)
    for movement in known:
        if movement.occurred_at is not None and movement.posted_on >= until:
            yield Sent(FeedKind.MEMO, _pending(diary, movement))
        if movement.posted_on > until:
            continue
        balances[movement.account.number] += movement.minor
        entry = _booked(diary, movement, balances[movement.account.number])
        if movement.posted_on == until:
            yield Sent(FeedKind.DAILY, entry)
        elif movement is amended:
            yield Sent(FeedKind.HISTORICAL, _unclear(entry))
            yield Sent(FeedKind.DAILY, replace(entry, action=Action.AMEND))
        else:
            yield Sent(FeedKind.HISTORICAL, entry)


def _happened(movement: Movement, until: date) -> bool:
    if movement.occurred_at is None:
        return movement.posted_on <= until
    day = movement.occurred_at.date()
    return day < until or (day == until and movement.occurred_at.hour < LAST_HOUR)


def _to_amend(diary: Diary, known: list[Movement], until: date) -> Movement | None:
    """One purchase in some households: booked lately under an unclear text, put right today."""
    if diary.household.rng.random() > 0.2 and diary.household.index > 1:
        return None
    lately = [
        movement
        for movement in known[-200:]
        if movement.shop and movement.minor < 0 and 0 < (until - movement.posted_on).days < 15
    ]
    return diary.household.rng.choice(lately) if lately else None


def _unclear(entry: Entry) -> Entry:
    return replace(entry, merchant=None, mcc=None, description=f"CARD PAYMENT {entry.auth_code}")


def _id(diary: Diary, movement: Movement) -> str:
    return f"{diary.household.index:06d}-{movement.number:06d}"


def _booked(diary: Diary, movement: Movement, balance: int) -> Entry:
    shop = movement.shop
    original = movement.original
    return Entry(
        line=0,
        action=Action.REVERSE if movement.reverses else Action.NEW,
        account=movement.account.number,
        source_id=_id(diary, movement),
        amount_minor=movement.minor,
        currency=movement.account.currency,
        posted_on=movement.posted_on,
        value_on=movement.posted_on,
        occurred_on=movement.posted_on,
        occurred_at=movement.occurred_at,
        auth_code=movement.auth_code,
        mcc=shop.merchant.mcc if shop else None,
        country=shop.country if shop else None,
        merchant=shop.merchant.name if shop else None,
        description=movement.description,
        original_minor=original[0] if original else None,
        original_currency=original[1] if original else None,
        reversal_of=_id(diary, movement.reverses) if movement.reverses else None,
        balance_minor=balance,
    )


def _pending(diary: Diary, movement: Movement) -> Entry:
    """As authorised: before the tip, and with the hold of the pump."""
    return replace(
        _booked(diary, movement, 0),
        status=Status.PENDING,
        amount_minor=movement.authorised_minor or 0,
        posted_on=None,
        value_on=None,
        balance_minor=None,
    )
