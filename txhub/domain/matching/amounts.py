"""How a posted amount may differ from the authorised one, and what each way is worth.

Amounts are compared in a currency that both sides name, the merchant's own before the account's,
and without their signs: those were compared before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from kernel.money import minor_digits
from txhub.domain.fits import Fit
from txhub.domain.matching.features import Features
from txhub.domain.matching.trades import Trade
from txhub.domain.matching.values import Candidate

# Two different purchases have the same odd amount once in a thousand times; round ones oftener.
_EXACT_DB, _EXACT_ROUND_DB = 30, 26
_CENT_DB, _CENTS_MAX = 20, 2
# Schemes let restaurants, taxis and hairdressers clear a fifth more. Guests are sometimes kinder.
_TIP_DB, _TIP_SHARE = 8, 0.26
_LARGE_TIP_DB, _LARGE_TIP_SHARE = -3, 0.45
# A pump authorises one pound, or the most that it would give; what was filled is posted.
_HOLD_DB, _WHOLE_HOLD_DB, _TOKEN_POSTED_MAJOR_MAX = 10, -2, 250
_HOLDS_MAJOR = frozenset({75, 99, 100, 120, 125, 150, 175, 200})
_STAY_DB, _STAY_SHARE = 11, 0.16
_STAY_FAR_DB, _STAY_FAR_SHARE = 8, 0.5
# A day's rate, and a fee on one side. Further apart, an equal amount abroad is chance.
_RATE_DB, _RATE_SHARE, _RATE_SHARE_MAX = 10, 0.06, 0.15
_UNKNOWN_TRADE_DB = -6
_CAPTURE_DB, _NEXT_CAPTURE_DB, _LAST_CAPTURE_DB = -11, 0, 26
# Meals, fuel, nights and groceries are not sent in parcels.
_SHIPPING, _NOT_SHIPPED_DB = frozenset({Trade.OTHER, Trade.UNKNOWN}), -8
_ODD_DB = -38


class FittingAmount(NamedTuple):
    """A way that the amounts fit. `taken_minor`: what a capture takes, else None."""

    fit: Fit
    weight_db: int
    taken_minor: int | None = None


@dataclass(frozen=True, slots=True)
class _Amounts:
    """Authorised and posted, without signs, in one currency; `at_home`: in the account's own.

    `drift`: by how much the rate to the account's currency changed in between. `converted`: only
    one side says what it was abroad, so the account's own amounts are compared.
    """

    authorised: int
    posted: int
    currency: str
    at_home: bool
    drift: float = 0.0
    converted: bool = False

    @property
    def change(self) -> float:
        return self.posted / self.authorised - 1

    @property
    def held_major(self) -> float:
        """The authorised amount in units of the currency."""
        return float(self.authorised / 10 ** minor_digits(self.currency))


def fitting_amount(
    candidate: Candidate, held: Features, posting: Features, trade: Trade
) -> FittingAmount | None:
    """The likeliest way that the posted amount follows from what was `held`; `ODD` at worst.

    None where it is more than earlier captures have left.
    """
    if candidate.captured_minor:
        return _next_capture(candidate.rest_minor, held, posting)
    ways = _ways(_amounts(held, posting), trade)
    return max(ways, key=lambda way: way.weight_db, default=FittingAmount(Fit.ODD, _ODD_DB))


def _amounts(held: Features, posting: Features) -> _Amounts | None:
    """None where the two sides share no currency."""
    shared = [currency for currency in posting.sums if currency in held.sums]
    if not shared:
        return None
    home, currency = posting.home, shared[0]  # the merchant's own comes first
    authorised, posted = held.sums[currency], posting.sums[currency]
    at_home = currency == home == held.home
    drift, converted = 0.0, at_home and held.sums.keys() != posting.sums.keys()
    if home in held.sums:
        drift = (posting.sums[home] / held.sums[home]) / (posted / authorised) - 1
    return _Amounts(authorised, posted, currency, at_home, drift, converted)


def _ways(amounts: _Amounts | None, trade: Trade) -> Iterator[FittingAmount]:
    if amounts is None or abs(amounts.drift) > _RATE_SHARE_MAX:
        return
    yield from _near(amounts)
    if amounts.converted:
        return
    if trade in (Trade.TIPPING, Trade.UNKNOWN):
        yield from _tip(amounts, _UNKNOWN_TRADE_DB if trade is Trade.UNKNOWN else 0)
    if trade is Trade.FUEL:
        yield from _fuel_hold(amounts)
    if trade is Trade.STAY:
        yield from _stay(amounts)
    if amounts.posted < amounts.authorised and amounts.at_home:
        shipped_db = 0 if trade in _SHIPPING else _NOT_SHIPPED_DB
        yield FittingAmount(Fit.CAPTURE, _CAPTURE_DB + shipped_db, amounts.posted)


def _near(amounts: _Amounts) -> Iterator[FittingAmount]:
    """The same, but for the rate or rounding."""
    posted = amounts.posted
    if amounts.converted:
        if abs(amounts.change) <= _RATE_SHARE:  # equal by chance, if so: rates change daily
            yield FittingAmount(Fit.FX, _RATE_DB)
    elif posted == amounts.authorised:
        equal_db = _EXACT_DB if posted % 100 else _EXACT_ROUND_DB
        yield FittingAmount(Fit.FX if amounts.drift else Fit.EXACT, equal_db)
    elif abs(posted - amounts.authorised) <= _CENTS_MAX:
        yield FittingAmount(Fit.CENT, _CENT_DB)


def _tip(amounts: _Amounts, unsure_db: int) -> Iterator[FittingAmount]:
    if 0 < amounts.change <= _TIP_SHARE:
        yield FittingAmount(Fit.TIP, _TIP_DB + unsure_db)
    elif 0 < amounts.change <= _LARGE_TIP_SHARE:
        yield FittingAmount(Fit.TIP, _LARGE_TIP_DB + unsure_db)


def _fuel_hold(amounts: _Amounts) -> Iterator[FittingAmount]:
    held = amounts.held_major
    if held == 1 and 0 < amounts.change < _TOKEN_POSTED_MAJOR_MAX:
        yield FittingAmount(Fit.FUEL_HOLD, _HOLD_DB)
    elif amounts.change < 0 and held.is_integer():
        yield FittingAmount(Fit.FUEL_HOLD, _HOLD_DB if held in _HOLDS_MAJOR else _WHOLE_HOLD_DB)


def _stay(amounts: _Amounts) -> Iterator[FittingAmount]:
    if abs(amounts.change) <= _STAY_SHARE:
        yield FittingAmount(Fit.STAY, _STAY_DB)
    elif abs(amounts.change) <= _STAY_FAR_SHARE:
        yield FittingAmount(Fit.STAY, _STAY_FAR_DB)


def _next_capture(rest_minor: int, held: Features, posting: Features) -> FittingAmount | None:
    """Parts are counted in the account's currency."""
    posted = posting.sums[posting.home]
    if held.home != posting.home or posted > rest_minor:
        return None
    weight_db = _LAST_CAPTURE_DB if posted == rest_minor else _NEXT_CAPTURE_DB
    return FittingAmount(Fit.CAPTURE, weight_db, posted)
