"""Addresses and names, before they come near a header or a line of text."""

import re
import unicodedata

from kernel.errors import Refused

_CHARACTERS_MAX = 254
_LOCAL_MAX = 64
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_NAME_CHARACTERS_MAX = 60
_NAME_MARKS = frozenset(" '\u2019-.,")
_LOOKS_LIKE_A_LINK = re.compile(r"[^\W\d_]\.[^\W\d_]{2,}")  # a mail program would make it one


class BadAddress(Refused):
    """This is no e-mail address that mail can be sent to."""

    code = "bad_address"


def checked_address(text: str) -> str:
    """The address as it may stand in a header. Raises `BadAddress`.

    Quoted local parts and comments are refused although they are allowed: no provider gives them
    out, and they are what injections are made of.
    """
    local, _, domain = text.strip().rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise BadAddress from None
    if len(address) > _CHARACTERS_MAX or len(local) > _LOCAL_MAX:
        raise BadAddress
    if not _ADDRESS.fullmatch(address):
        raise BadAddress
    return address


def comparable(address: str) -> str:
    """One spelling of each mailbox, for the suppression list."""
    return address.strip().lower()


def shown_name(name: str) -> str:
    """A customer's name as a greeting may show it; empty where it is no name: what a customer has
    written there must not become a link or a sentence in the bank's words."""
    tidy = " ".join(name.split())
    if len(tidy) > _NAME_CHARACTERS_MAX or _LOOKS_LIKE_A_LINK.search(tidy):
        return ""
    return tidy if all(map(_may_stand_in_a_name, tidy)) else ""


def _may_stand_in_a_name(character: str) -> bool:
    return character in _NAME_MARKS or unicodedata.category(character)[0] in "LM"
