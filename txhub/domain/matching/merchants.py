"""One merchant behind two spellings.

What a terminal sends with the authorisation and what the acquirer sends with the clearing differ:
cut after 18, 22 or 25 characters, with a city, a shop's number or a telephone number, through a
payment facilitator (`SQ *`, `PAYPAL *`), as a web address, without vowels, under another name.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

_FACILITATOR = re.compile(
    r"\A(?:(?:paypal|pp|sq|sqr|sumup|iz|izettle|zettle|ztl|tst|wp|sp|eb|dd|py|cko|adyen|stripe|"
    r"klarna|gocardless|worldpay|google|lsp|nyx|crv)[\s_]*[*\-]\s*|(?:paypal|wp|eb|sp)\s+)"
)
_ADDRESS = re.compile(r"(?:https?:/*)?\bwww[.\s]?|https?:/*")
_DOMAIN_END = re.compile(r"\.(?:c|co|com|co\.?|co\.u|co\.?uk|net|org|org\.?uk|eu|uk)(?=[\s/]|$)\S*")
_GLUED = re.compile(r"['\u2019`\u00b4.&/]")  # apostrophes, and marks inside abbreviations
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_BRANCH = re.compile(r"\d{3,5}")
_VOWELS = str.maketrans("", "", "aeiou")
# Words that tell no merchant from another: legal forms, countries, ways to pay.
_EMPTY_WORDS = frozenset(
    (
        "the", "of", "and", "ltd", "limited", "plc", "inc", "llc", "llp", "co", "corp", "company",
        "gmbh", "ag", "sa", "srl", "bv", "gb", "gbr", "uk", "us", "usa", "eu", "ie", "de", "fr",
        "es", "it", "pos", "card", "purchase", "payment", "online",
    )
)  # fmt: skip


class Likeness(Enum):
    """How alike two names are."""

    SAME = "same"
    LIKE = "like"  # one is part of the other, but for spelling
    RELATED = "related"  # they share a beginning: a chain's other branch, or chance
    UNLIKE = "unlike"
    UNKNOWN = "unknown"  # one of them has no name


@dataclass(frozen=True, slots=True)
class MerchantName:
    """A name as words in lower case, without noise; the same in one piece, and without vowels.

    `branch`: a shop's number, where the name has one.
    """

    words: tuple[str, ...]
    joined: str
    skeleton: str
    branch: str | None


def merchant_name(raw: str | None) -> MerchantName:
    """What is left of a name as a feed has it when its noise is taken away."""
    text = _without_accents(raw or "").casefold().strip()
    text = _ADDRESS.sub(" ", _FACILITATOR.sub("", text)).strip()
    pieces = _WORD.findall(_GLUED.sub("", _DOMAIN_END.sub(" ", text)))
    telling = (_telling_part(piece, first=place == 0) for place, piece in enumerate(pieces))
    words = tuple(filter(None, telling)) or tuple(pieces)
    joined = "".join(words)
    branches = [piece for piece in pieces if _BRANCH.fullmatch(piece)]
    branch = branches[0] if len(branches) == 1 else None
    return MerchantName(words, joined, skeleton_of(joined), branch)


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    return "".join(each for each in plain if not unicodedata.combining(each))


def _telling_part(piece: str, *, first: bool) -> str:
    """`boots0811` is boots; `the` tells nothing, and neither does a reference such as `2k4dl`,
    unless the name begins with it.
    """
    letters = _LETTERS.match(piece)
    word = letters.group() if letters else ""
    if word in _EMPTY_WORDS:
        return ""
    if first and not piece.isdecimal():
        return word or piece
    return word if word == piece or len(word) >= 3 else ""


def likeness(one: MerchantName, other: MerchantName) -> Likeness:
    """How alike two names are; the same whichever is given first."""
    if not one.words or not other.words:
        return Likeness.UNKNOWN
    short, long = sorted((one, other), key=lambda name: (len(name.joined), name.words))
    if short.joined == long.joined:
        return Likeness.SAME
    if len(short.joined) >= 5 and long.joined.startswith(short.joined):
        return Likeness.LIKE
    if len(short.skeleton) >= 5 and long.skeleton.startswith(short.skeleton):
        return Likeness.LIKE
    heads_alike = _alike(short.words[0], long.words[0])
    shared = _shared_letters(short.words, long.words) / len(short.joined)
    if shared >= 0.8 and (heads_alike or len(short.words) > 1):
        return Likeness.LIKE
    return Likeness.RELATED if heads_alike or _begin_alike(short, long) else Likeness.UNLIKE


def _shared_letters(short: Sequence[str], long: Sequence[str]) -> int:
    return sum(len(word) for word in short if any(_alike(word, each) for each in long))


def _begin_alike(one: MerchantName, other: MerchantName) -> bool:
    return one.joined[:5] == other.joined[:5] and len(one.joined) >= 5


def _alike(one: str, other: str) -> bool:
    """Equal, cut short, or with letters left out: `marketplace`, `market`, `mktplce`."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) >= 3 and long.startswith(short):
        return True
    if len(short) < 4 or 2 * len(short) < len(long) or short[0] != long[0]:
        return False
    rest = iter(long)
    return all(letter in rest for letter in short)  # in this order, with others between


def skeleton_of(word: str) -> str:
    """The first letter and the consonants after it: `amazon` and `amzn` are both `amzn`."""
    return word[:1] + word[1:].translate(_VOWELS)
