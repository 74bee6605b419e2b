"""How one merchant's name is written: by the terminal that asks, and by the acquirer that clears.

Most are the same but for case or length. The others are what statements are full of: a city, a
number, a facilitator in front, no punctuation, a web address, no vowels, a firm's legal name.
"""

import re
from random import Random

_CITIES = (
    "BIRMINGHAM", "LONDON", "MANCHESTER", "LEEDS", "SOLIHULL", "WALSALL", "COVENTRY", "BRISTOL",
    "SUTTON COLDFI", "WEST BROMWICH", "NOTTINGHAM", "READING",
)  # fmt: skip
_FACILITATORS = ("SQ *", "PAYPAL *", "SumUp *", "IZ *", "Zettle_*", "SP ", "WP-", "TST* ")


def at_the_terminal(name: str, rng: Random) -> str:
    """As it comes with the authorisation."""
    return rng.choice((name, name.upper(), name.upper(), name.title()))


def in_the_clearing(name: str, rng: Random) -> str:
    """As an acquirer writes it who means well."""
    upper = name.upper()
    (way,) = rng.choices(
        (_same, _short, _with_city, _with_number, _with_telephone, _bare, _with_facilitator),
        (46, 17, 15, 6, 6, 6, 4),
    )
    return way(upper, rng)


def disguised(name: str, rng: Random) -> str:
    """As an acquirer writes it when nobody would know it at first sight."""
    ways = (_with_facilitator, _very_short, _without_vowels, _as_address, _with_city, _joined)
    first, second = rng.sample(ways, 2)
    return first(second(name.upper(), rng), rng)[:25]


def _same(text: str, _rng: Random) -> str:
    return text


def _short(text: str, rng: Random) -> str:
    return text[: rng.choice((16, 18, 22))].rstrip()


def _very_short(text: str, rng: Random) -> str:
    return text[: rng.choice((9, 11, 13))].rstrip()


def _with_city(text: str, rng: Random) -> str:
    return f"{text[:22]:<22} {rng.choice(_CITIES)} {rng.choice(('GB', 'GBR', ''))}".rstrip()


def _with_number(text: str, rng: Random) -> str:
    return f"{text[:20]} {rng.randrange(100, 9999)}"


def _with_telephone(text: str, rng: Random) -> str:
    return f"{text[:22]} 0{rng.randrange(120, 999)}{rng.randrange(1_000_000, 9_999_999)}"


def _bare(text: str, _rng: Random) -> str:
    return " ".join(re.findall(r"[A-Z0-9]+", text))


def _with_facilitator(text: str, rng: Random) -> str:
    facilitator = rng.choice(_FACILITATORS)
    return f"{facilitator}{text.removeprefix('PAYPAL ')}"[:22].rstrip()


def _without_vowels(text: str, _rng: Random) -> str:
    return " ".join(word[:1] + re.sub(r"[AEIOU]", "", word[1:]) for word in text.split())


def _as_address(text: str, rng: Random) -> str:
    plain = "".join(re.findall(r"[A-Z0-9]+", text.removeprefix("WWW.")))
    return f"{rng.choice(('WWW.', ''))}{plain[:16]}{rng.choice(('.CO.UK', '.COM', '.CO'))}"


def _joined(text: str, _rng: Random) -> str:
    return "".join(re.findall(r"[A-Z0-9]+", text))
