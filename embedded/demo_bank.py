"""What the demo bank consists of: a generated feed, three of its customers, and their sign-ins."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

CUSTOMERS, MONTHS, SEED = 60, 6, 2026
STAFF = "operator"
APPROVER = "approver"  # the second person, where one is needed
# Alice and Bob share an account; Charlie's belong to neither of them.
_PEOPLE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFile:
    """A file of the feed, and what kind of job it is for."""

    path: Path
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSheet:
    """What the bank calls an account; feed files carry its number alone."""

    number: str
    name: str
    type: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer of the bank; `accounts` are the bank's own account numbers."""

    name: str
    email: str
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A customer of the demo; `accounts` are the hub's ids."""

    email: str
    password: str
    accounts: tuple[str, ...]


def read_manifest(folder: Path) -> tuple[list[FeedFile], list[Person]]:
    """The generated feed's files in the order in which they are brought in, and its people."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = [FeedFile(path=folder / each["path"], kind=each["kind"]) for each in manifest["files"]]
    people = [
        Person(name=each["name"], email=each["email"], accounts=tuple(each["accounts"]))
        for each in manifest["customers"][:_PEOPLE]
    ]
    return files, people


def read_accounts(folder: Path) -> list[AccountSheet]:
    """All accounts of the generated bank."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return [
        AccountSheet(
            number=each["number"],
            name=each["name"],
            type=each["type"],
            currency=each["currency"],
        )
        for each in manifest["accounts"]
    ]


def password(name: str, secret: str) -> str:
    """Somebody's password: the same whenever the bank is loaded, and another in any other tree."""
    digest = hmac.digest(secret.encode(), f"demo password of {name}".encode(), hashlib.sha256)
    return f"Demo-{digest.hex()[:12]}"


def write_demo_file(
    path: Path, url: str, customers: Iterable[SignIn], secret: str, *, device_token: str
) -> None:
    """Writes what people and programs need to use the demo; readable by its owner alone."""
    demo = {
        "url": url,
        "customers": [asdict(each) for each in customers],
        "staff": {"username": STAFF, "password": password(STAFF, secret)},
        "approver": {"username": APPROVER, "password": password(APPROVER, secret)},
        "device_token": device_token,
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(demo, indent=2) + "\n", encoding="utf-8")


def read_device_token(path: Path) -> str | None:
    """The token of the demo's device; None while the demo is not loaded yet."""
    try:
        token: str | None = json.loads(path.read_text(encoding="utf-8"))["device_token"]
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return token
