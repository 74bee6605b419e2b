"""An account's life: what the hub stores of it, and what somebody should be told."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random

from benchmarks.matching_cases.town import Shop, Town
from kernel.money import Money
from txhub.domain.entities import Merchant
from txhub.public import AccountId, Kind, Status, StoredTransaction, Transaction, TransactionId

NOW = datetime(2026, 6, 20, 18, tzinfo=UTC)
_CENTURY = datetime(1890, 1, 1, tzinfo=UTC)
_CITIES = ("LEEDS", "LONDON SE1", "LOS GATOS", "DUBLIN")
# So often a merchant's acquirer writes something else than the last time.
_ODD_SHARE = 0.04
_FACILITATORS = ("", "", "", "", "SQ *", "PAYPAL *", "ZETTLE_*", "SumUp *")


@dataclass(frozen=True, slots=True)
class Due:
    """An alert that is due: of this kind, about any of these transactions."""

    rule: str
    transactions: frozenset[str]


@dataclass(slots=True, kw_only=True)
class Life:
    """`records`: what is stored, and when. `due`: what should be told of the last three days.
    `threshold`: what this customer calls a large purchase, `low`: a low balance."""

    town: Town
    rng: Random
    threshold: int = 0
    low: int = 0
    records: list[tuple[datetime, StoredTransaction]] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    spelt: dict[str, str] = field(default_factory=dict)

    def shop(self, *mccs: str, least: int = 300, most: int = 30_000) -> tuple[Shop, int]:
        """A real merchant of one of these trades, and a real price between two bounds."""
        while True:
            shop = self.rng.choice(self.town.by_mcc[self.rng.choice(mccs)])
            prices = [each for each in shop.prices if least <= each <= most]
            if prices:
                return shop, self.rng.choice(prices)

    def text(self, shop: Shop) -> str:
        """As it stands on statements: through the same facilitator each time, with a number of its
        own each time at some, and now and then with a city."""
        known = self.spelt.get(shop.name)
        if known is None:
            prefix = self.rng.choice(_FACILITATORS)
            known = self.spelt[shop.name] = f"{prefix}{shop.name.upper()}"[:22].strip()
            if self.rng.random() < 0.2:
                self.spelt[shop.name] += " *{}"
        reference = "".join(self.rng.choices("0123456789", k=5))
        spelt = self.spelt[shop.name].replace("{}", reference)
        odd = self.rng.random() < _ODD_SHARE
        return f"{spelt} {self.rng.choice(_CITIES)}" if odd else spelt

    def card(
        self,
        shop: Shop,
        minor: int,
        at: datetime,
        *,
        authorised: int | None = None,
        kind: Kind = Kind.CARD,
        country: str | None = None,
    ) -> str:
        """A card purchase: pending at once, posted a day or two later, where that is over."""
        transaction_id = f"txn_{next(self._numbers):05}"
        text = self.text(shop)
        posted_at = at + timedelta(hours=self.rng.randrange(14, 50))
        merchant = Merchant(name=text, country=country or shop.country)
        first = -minor if authorised is None else -authorised
        self._store(transaction_id, first, at, None, merchant, kind, shop.mcc, at, timed=True)
        if posted_at <= NOW:
            self._store(
                transaction_id, -minor, at, posted_at, merchant, kind, shop.mcc, posted_at,
                timed=True,
            )  # fmt: skip
        return transaction_id

    def booked(
        self,
        text: str,
        minor: int,
        at: datetime,
        *,
        kind: Kind = Kind.PAYMENT,
        shop: Shop | None = None,
        balance: int | None = None,
    ) -> str:
        """A movement without a card, booked the day it happens; `minor` is signed."""
        transaction_id = f"txn_{next(self._numbers):05}"
        merchant = Merchant(name=self.text(shop), country=shop.country) if shop else Merchant()
        mcc = shop.mcc if shop else None
        self._store(
            transaction_id, minor, at, at, merchant, kind, mcc, at, timed=False, text=text,
            balance=balance,
        )  # fmt: skip
        return transaction_id

    def expect(self, rule: str, *transactions: str) -> None:
        self.due.append(Due(rule, frozenset(transactions)))

    def lately(self) -> datetime:
        """A moment of the last two days."""
        return NOW - timedelta(minutes=self.rng.randrange(60 * 7, 48 * 60))

    def _store(
        self,
        transaction_id: str,
        minor: int,
        at: datetime,
        posted_at: datetime | None,
        merchant: Merchant,
        kind: Kind,
        mcc: str | None,
        written: datetime,
        *,
        timed: bool,
        text: str = "",
        balance: int | None = None,
    ) -> None:
        said = Transaction(
            transaction_id=TransactionId(transaction_id),
            account_id=AccountId("acc_life"),
            status=Status.POSTED if posted_at else Status.PENDING,
            kind=kind,
            amount=Money(minor, "GBP"),
            description=text or merchant.name or "",
            merchant=merchant,
            occurred_on=at.date(),
            occurred_at=at if timed else None,
            posted_on=_day(posted_at),
            value_on=_day(posted_at),
            mcc=mcc,
            balance=None if balance is None else Money(balance, "GBP"),
            version=2 if posted_at and timed else 1,
        )
        order = int((at - _CENTURY).total_seconds())
        key = ("acc_life#P", f"{at.date()}#{order:012}#{transaction_id}")
        self.records.append((written, StoredTransaction(transaction=said, key=key, sources=("s",))))


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
