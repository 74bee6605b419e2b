"""Money is an integer of minor units and an ISO 4217 code. Nothing is ever rounded."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Self

from iso4217 import Currency as _IsoCurrency

from kernel.errors import Refused

# A signed 64-bit integer with room to sum a million of them: 15 digits of minor units.
MINOR_DIGITS_MAX = 15

# ISO 4217 withdraws codes (its list three) and the package lists those in force only. A bank's past
# is full of them: a purchase in kuna of 2017 is still one. These have two decimals, or none.
_WITHDRAWN_WITH_TWO = frozenset(
    (
        "ANG", "ATS", "BGN", "CSK", "CUC", "CYP", "DEM", "EEK", "FIM", "FRF",
        "GHC", "HRK", "IEP", "LTL", "LVL", "MRO", "MTL", "NLG", "PLZ", "ROL",
        "RUR", "SIT", "SKK", "SLL", "STD", "VEF", "ZMK", "ZWL",
    )
)  # fmt: skip
_WITHDRAWN_WITH_NONE = frozenset(("BEF", "BYB", "BYR", "ESP", "GRD", "ITL", "LUF", "PTE", "TRL"))


class BadAmount(Refused):
    """This is not an amount of money."""

    code = "bad_amount"


class UnknownCurrency(Refused):
    """This is not an ISO 4217 currency code."""

    code = "unknown_currency"


@cache
def minor_digits(currency: str) -> int:
    """How many decimals a currency has by ISO 4217: JPY 0, GBP 2, KWD 3; a withdrawn one had.

    Raises `UnknownCurrency` for a code that ISO 4217 never listed, or without a minor unit (XAU).
    """
    try:
        digits = _IsoCurrency(currency).exponent
    except ValueError:
        digits = _withdrawn_digits(currency)
    if digits is None:
        raise UnknownCurrency("unknown currency code (ISO 4217 expects three capital letters)")
    return digits


def _withdrawn_digits(currency: str) -> int | None:
    if currency in _WITHDRAWN_WITH_TWO:
        return 2
    return 0 if currency in _WITHDRAWN_WITH_NONE else None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `minor` units (pence, yen, fils), negative when money leaves the account."""

    minor: int
    currency: str

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __add__(self, other: "Money") -> Self:
        if other.currency != self.currency:
            raise BadAmount("amounts in different currencies do not add up")
        return type(self)(self.minor + other.minor, self.currency)

    def decimal_text(self) -> str:
        """`-1234` GBP as `-12.34`; as many decimals as the currency has."""
        return minor_as_text(self.minor, minor_digits(self.currency))


def minor_as_text(minor: int, digits: int) -> str:
    sign = "-" if minor < 0 else ""
    whole = str(abs(minor)).rjust(digits + 1, "0")
    return f"{sign}{whole[:-digits]}.{whole[-digits:]}" if digits else f"{sign}{whole}"


@dataclass(frozen=True, slots=True)
class AmountFormat:
    """How a feed writes amounts. The defaults are `1234.56` and `-1234.56`, and nothing else.

    `decimal`: the decimal mark. `grouping`: the thousands mark, or empty where none may occur.
    """

    decimal: str = "."
    grouping: str = ""

    def parse_minor(self, text: str, currency: str) -> int:
        """The amount in minor units, signed.

        Raises `BadAmount` for anything else than digits in this format: exponents, brackets, NaN,
        a foreign decimal mark, more decimals than the currency has (`12.345` GBP), or more than
        `MINOR_DIGITS_MAX` digits. Surplus zeros are no decimals: `146.000` GBP is 146.00.
        """
        match = _amount_pattern(self.decimal, self.grouping).fullmatch(text.strip())
        if match is None:
            raise BadAmount(f"not an amount; expected digits such as 1234{self.decimal}56")
        sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
        if self.grouping:
            whole = whole.replace(self.grouping, "")
        digits = minor_digits(currency)
        if len(fraction) > digits:
            if fraction[digits:].strip("0"):
                raise BadAmount(f"more decimals than {currency} has ({digits})")
            fraction = fraction[:digits]
        minor_text = whole.lstrip("0") + fraction.ljust(digits, "0")
        if len(minor_text) > MINOR_DIGITS_MAX:
            raise BadAmount(f"more than {MINOR_DIGITS_MAX} digits")
        minor = int(minor_text or "0")
        return -minor if sign == "-" else minor


@cache
def _amount_pattern(decimal: str, grouping: str) -> re.Pattern[str]:
    whole = r"[0-9]+"
    if grouping:
        whole = rf"[0-9]{{1,3}}(?:{re.escape(grouping)}[0-9]{{3}})+|[0-9]+"
    return re.compile(rf"([+-]?)({whole})(?:{re.escape(decimal)}([0-9]+))?")


def parse_minor_integer(text: str) -> int:
    """Minor units written as a plain non-negative integer, as in the hub's own feed file.

    Raises `BadAmount` otherwise.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > MINOR_DIGITS_MAX:
        raise BadAmount(f"not whole minor units (digits only, {MINOR_DIGITS_MAX} at the most)")
    return int(text)
