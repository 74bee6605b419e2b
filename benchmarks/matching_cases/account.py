"""One card's month: what was authorised, what was cleared, and which clearing settles what."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from benchmarks.matching_cases.rows import (
    Authorisation,
    Clearing,
    Tells,
    look_of_authorisation,
    look_of_clearing,
)
from benchmarks.matching_cases.spelling import at_the_terminal, in_the_clearing
from benchmarks.matching_cases.town import Shop, Town

# Some cards are used at one firm nearly always.
_TRIES_MAX = 2_000
_DAYS = 28
_FILES_LATER = ((1, 50), (2, 30), (3, 13), (4, 7))  # banking days, how often in a hundred


@dataclass(slots=True)
class Account:
    """What the hub would see (`authorisations`, `clearings`), and the labels, which it does not.

    `settles`: for each clearing that settles one, its authorisation. `kind_of`: of each clearing.
    """

    town: Town
    rng: Random
    first_day: date
    kind: str = ""
    authorisations: list[Authorisation] = field(default_factory=list)
    clearings: list[Clearing] = field(default_factory=list)
    settles: dict[str, Authorisation] = field(default_factory=dict)
    kind_of: dict[str, str] = field(default_factory=dict)
    tells: Tells = field(init=False)
    _used: list[Shop] = field(init=False)
    _names: dict[str, tuple[str, str]] = field(default_factory=dict)
    _clears_mcc: bool = field(init=False)
    _repeats_authorised: bool = field(init=False)
    _fee: float = field(init=False)

    def __post_init__(self) -> None:
        rng = self.rng
        self._used = list(rng.choice(self.town.cards))
        self.tells = rng.choices(list(Tells), (33, 55, 12))[0]
        self._clears_mcc = rng.random() < 0.85  # posted formats often have no field for it
        self._repeats_authorised = rng.random() < 0.08
        self._fee = rng.choice((0.0, 0.0, 0.0225, 0.0299))

    # --- where, when, how much ---

    def shop(self, mccs: Collection[str] = (), *, unlike: Shop | None = None) -> Shop:
        """A shop that this card was really used at, where there is a fitting one."""
        for _try in range(_TRIES_MAX):
            shop = self._any_shop(mccs)
            if unlike is None or not shop.resembles(unlike):
                return shop
        raise LookupError(f"no shop of {mccs} that is unlike another")

    def _any_shop(self, mccs: Collection[str]) -> Shop:
        if not mccs:
            home = self._used if self.rng.random() < 0.85 else self.rng.choice(self.town.cards)
            return self.rng.choice(home)
        own = [shop for shop in self._used if shop.mcc in mccs]
        if own and self.rng.random() < 0.6:
            return self.rng.choice(own)
        return self.rng.choice([shop for mcc in sorted(mccs) for shop in self.town.by_mcc[mcc]])

    def stranger(self, mccs: Collection[str] = ()) -> Shop:
        """A real firm with a name like that of no shop that this card is used at."""
        for _try in range(_TRIES_MAX):
            shop = self.rng.choice(self.rng.choice(self.town.cards))
            if mccs and shop.mcc not in mccs:
                continue
            if not any(shop.resembles(used) for used in set(self._used)):
                return shop
        raise LookupError("this card is used at every shop in town")

    def moment(self) -> datetime:
        """Some time in the month, at an hour when people pay."""
        return self.later_on(self.first_day + timedelta(days=self.rng.randrange(_DAYS)))

    def later_on(self, day: date) -> datetime:
        return datetime.combine(day, self.rng.choice(self.town.times), UTC)

    def price(self, shop: Shop, *, unlike: Iterable[int] = ()) -> int:
        """A real price of the shop; clearly apart from those it must be unlike."""
        minor = self.rng.choice(shop.prices)
        others = tuple(unlike)
        while any(abs(minor - other) < max(25, other * 0.06) for other in others):
            minor = max(150, round(self.rng.choice(shop.prices) * self.rng.uniform(0.4, 1.9)))
        return minor

    # --- what the card scheme does ---

    def authorise(
        self,
        shop: Shop,
        minor: int,
        at: datetime,
        *,
        held_days: int = 8,
        code: str | None = None,
        abroad: tuple[int, str] | None = None,
    ) -> Authorisation:
        at = at.replace(microsecond=0)
        authorisation = Authorisation(
            key=self._key(),
            shop=shop,
            minor=minor,
            at=at,
            name=self._spelt(shop)[0],
            mcc=shop.mcc,
            country=shop.country,
            code=code or self.code(),
            abroad=abroad,
            until=at.date() + timedelta(days=held_days),
        )
        self.authorisations.append(authorisation)
        return authorisation

    def clear(
        self,
        authorisation: Authorisation,
        minor: int | None = None,
        *,
        booked: date | None = None,
        bought: datetime | None = None,
        name: str | None = None,
        abroad: tuple[int, str] | None = None,
        code: bool = False,
        dated: bool = False,
        final: bool = False,
    ) -> Clearing:
        """Clears an authorisation, by default for its own amount within a few banking days.

        `bought`: the time it says it was bought. `code`: it repeats the authorisation code.
        `dated`: it tells the day, whatever the others of this account do. `final`: it is the last.
        """
        bought = bought or authorisation.at
        clearing = Clearing(
            key=self._key(),
            minor=authorisation.minor if minor is None else minor,
            booked=booked or self.file_after(bought.date()),
            bought=self._told(bought, dated=dated),
            name=name or self._spelt(authorisation.shop)[1],
            mcc=authorisation.mcc if self._clears_mcc else None,
            country=authorisation.country,
            code=authorisation.code if code else None,
            abroad=abroad or authorisation.abroad,
            authorised=authorisation.minor if self._repeats_authorised else None,
            final=final,
        )
        self._add(clearing)
        self.settles[clearing.key] = authorisation
        return clearing

    def clear_unasked(
        self, shop: Shop, minor: int, at: datetime, booked: date, *, code: str | None = None
    ) -> None:
        """Clears a purchase that was never authorised: off line, or below the floor limit."""
        clearing = Clearing(
            key=self._key(),
            minor=minor,
            booked=booked,
            bought=self._told(at, dated=False),
            name=self._spelt(shop)[1],
            mcc=shop.mcc if self._clears_mcc else None,
            country=shop.country,
            code=code,
            abroad=None,
            authorised=None,
        )
        self._add(clearing)

    def right_answers(self) -> dict[str, frozenset[str]]:
        """For each clearing the authorisations that it may be said to settle.

        That is its own, with those that nothing tells from it; and where clearings are as like as
        that, those of all of them.
        """
        alike: dict[Hashable, set[str]] = defaultdict(set)
        for authorisation in self.authorisations:
            alike[look_of_authorisation(authorisation)].add(authorisation.key)
        answers: dict[Hashable, set[str]] = defaultdict(set)
        for clearing in self.clearings:
            true = self.settles.get(clearing.key)
            if true is not None:
                exact = clearing.code is not None or isinstance(clearing.bought, datetime)
                right = {true.key} if exact else alike[look_of_authorisation(true)]
                answers[look_of_clearing(clearing)] |= right
        return {each.key: frozenset(answers[look_of_clearing(each)]) for each in self.clearings}

    def file_after(self, day: date, *, files: int | None = None) -> date:
        """The banking day on which a purchase of this day is booked."""
        later, shares = zip(*_FILES_LATER, strict=True)
        for _file in range(files or self.rng.choices(later, shares)[0]):
            day += timedelta(days=1)
            while day.weekday() > 4:
                day += timedelta(days=1)
        return day

    def code(self) -> str:
        letters = "0123456789" if self.rng.random() < 0.7 else "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
        return "".join(self.rng.choices(letters, k=6))

    def converted(self, minor: int, rate: float, *, with_fee: bool) -> int:
        """What an amount abroad is on the account, at `rate` units for a pound."""
        return max(1, round(minor / rate * (1 + (self._fee if with_fee else 0))))

    def _told(self, bought: datetime, *, dated: bool) -> date | datetime | None:
        if self.tells is Tells.MOMENT:
            return bought
        return bought.date() if dated or self.tells is Tells.DAY else None

    def _spelt(self, shop: Shop) -> tuple[str, str]:
        """A shop is spelt one way all month: by its terminal, and by its acquirer."""
        if shop.name not in self._names:
            terminal = at_the_terminal(shop.name, self.rng)
            self._names[shop.name] = terminal, in_the_clearing(shop.name, self.rng)
        return self._names[shop.name]

    def _add(self, clearing: Clearing) -> None:
        self.clearings.append(clearing)
        self.kind_of[clearing.key] = self.kind

    def _key(self) -> str:
        return f"{self.rng.getrandbits(96):024x}"
