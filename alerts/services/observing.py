"""From a record of the transactions' stream to what it says, as a fact."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from alerts.domain.facts import NEWS_FOR, Fact, changed
from aws.streams import Change, PoisonRecord
from aws.vault import KeyDestroyed, Tampered
from kernel.clock import epoch_s
from txhub.public import (
    AccountId,
    Fit,
    Kind,
    Status,
    StoredTransaction,
    Transaction,
    TransactionId,
    account_id_in,
    merchant_key,
    transaction_in,
)

_NOON_S = 43_200
_DAY_S = 86_400
_EPOCH_ORDINAL = 719_163
# What a feed says by itself was authorised counts, whatever was pending.
_SAID_BY_FEED = 1 << 40
_NAME_CHARACTERS_MAX = 32
# Feeds whose records have no kind of their own say so in words.
_FEE = re.compile(r"\b(fee|fees|charge|charges|commission)\b", re.IGNORECASE)
_INTEREST = re.compile(r"\binterest\b", re.IGNORECASE)
# "You paid £20.00 to TRANSFER TO SAVINGS" says it twice.
_TRANSFER = re.compile(r"^transfer (to|from) (?=\S)", re.IGNORECASE)


def facts_by_account(changes: Sequence[Change]) -> dict[AccountId, list[Fact]]:
    """What the changes say of each account. Raises `PoisonRecord`."""
    heard: defaultdict[AccountId, list[Fact]] = defaultdict(list)
    for change in changes:
        try:
            facts = facts_in(change)
        except KeyDestroyed:
            continue  # the account is forgotten, and so is what would be said of it
        except Tampered as error:
            raise PoisonRecord(change, "a transaction does not open") from error
        if facts:
            heard[account_id_in(change.key)] += facts
    return dict(heard)


def facts_in(change: Change) -> list[Fact]:
    """What the change says: of its transaction, and of a pending one that it was parted from.
    Nothing where it is no news, such as a link. Raises `Tampered`, `KeyDestroyed`."""
    item = change.new or change.old
    if item is None or _says_nothing(change):
        return []
    stored = transaction_in(item)
    fact = fact_of(stored, seen=change.at, removed=change.new is None)
    settles = stored.transaction.settles
    if settles is None or settles.holds or settles.fit is Fit.CAPTURE:
        return [fact]
    return [fact, without(fact, settles.other)]


def fact_of(stored: StoredTransaction, *, seen: datetime, removed: bool = False) -> Fact:
    """A stored transaction as a fact; `seen`: when it was written so.

    A posting that settled a pending one under another id goes by the pending one's id: to the
    customer it is the same purchase, until people part the two. Parts of one order keep their own
    ids, and are no news.
    """
    said = stored.transaction
    purchase = _purchase_of(said)
    moment, seen_s = _moment(said), epoch_s(seen)
    pending = said.status is Status.PENDING
    authorised = said.amount if pending else said.first_amount
    is_part = said.was_pending is not None and said.was_pending.fit is Fit.CAPTURE
    is_new = stored.is_news and not is_part
    text = said.merchant.name or said.description
    return Fact(
        transaction_id=purchase,
        at=moment,
        place=int(stored.key[1].split("#")[1]),
        day=said.occurred_on.toordinal(),
        merchant=merchant_key(text),
        name=_name(text),
        minor=said.open_amount.minor,
        currency=said.amount.currency,
        kind=_kind(said),
        posted=not pending,
        timed=said.occurred_at is not None,
        news=is_new and seen_s - _settled(said, moment) <= NEWS_FOR.total_seconds(),
        removed=removed or stored.is_settled,
        seen=seen_s,
        version=said.version,
        country=said.merchant.country or "",
        mcc=said.mcc or "",
        authorised=authorised.minor if authorised else None,
        authorised_seen=0 if authorised is None else seen_s if pending else _SAID_BY_FEED,
        balance=said.balance.minor if said.balance else None,
        undoes=said.reversal_of or "",
        posting="" if purchase == said.transaction_id else said.transaction_id,
        parted=tuple(sorted(each.other for each in said.settled_by if not each.holds)),
    )


def without(posting: Fact, pending: TransactionId) -> Fact:
    """All that a posting can say of a pending transaction that it was parted from: it is not this
    one. Whatever is heard of that itself counts more; where nothing is, it was taken away."""
    return changed(
        posting,
        transaction_id=pending,
        posted=False,
        removed=True,
        seen=0,
        version=0,
        authorised=None,
        authorised_seen=0,
        undoes="",
        parted=(posting.transaction_id,),
    )


def _purchase_of(said: Transaction) -> TransactionId:
    was = said.was_pending
    return said.transaction_id if was is None or was.fit is Fit.CAPTURE else was.other


def _says_nothing(change: Change) -> bool:
    old, new = change.old, change.new
    return old is not None and new is not None and (old["h"], old["n"]) == (new["h"], new["n"])


def _moment(said: Transaction) -> int:
    if said.occurred_at is not None:
        return epoch_s(said.occurred_at)
    return _noon(said.occurred_on.toordinal())


def _settled(said: Transaction, moment: int) -> int:
    """When what there is to be said of it had happened: a posting comes days after the purchase."""
    return moment if said.posted_on is None else max(moment, _noon(said.posted_on.toordinal()))


def _noon(ordinal: int) -> int:
    return (ordinal - _EPOCH_ORDINAL) * _DAY_S + _NOON_S


def _kind(said: Transaction) -> str:
    if said.kind is not Kind.PAYMENT or said.merchant.name:
        return said.kind.value
    if _INTEREST.search(said.description):
        return Kind.INTEREST.value
    return Kind.FEE.value if _FEE.search(said.description) else said.kind.value


def _name(text: str) -> str:
    """Short enough for a sentence."""
    words = _TRANSFER.sub("", " ".join(text.split()))
    return words[:_NAME_CHARACTERS_MAX].strip() or "A merchant"
