"""Customers: people whom Cognito knows. Nothing about them is kept in the relational database."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from aws import cognito
from aws.cognito import Tokens
from identity.attempts import Attempt
from identity.resources import CUSTOMERS
from identity.tokens import verifier
from kernel.clock import Clock, utc_now
from kernel.errors import Unavailable

_EMAIL_CHARACTERS_MAX = 254
_PASSWORD_CHARACTERS_MAX = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who is calling. `customer_id` is Cognito's `sub`; e-mail address and name are known on pages
    only, since access tokens do not carry them, and stay out of `repr` and so out of logs."""

    customer_id: str
    email: str = field(default="", repr=False)
    name: str = field(default="", repr=False)

    is_authenticated: ClassVar[bool] = True  # what DRF's permissions ask `request.user`
    is_anonymous: ClassVar[bool] = False

    @property
    def pk(self) -> str:
        """What logs and throttles call a user by."""
        return self.customer_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A successful sign-in."""

    customer: Customer
    tokens: Tokens


def sign_in(email: str, password: str, *, address: str, clock: Clock = utc_now) -> SignedIn:
    """Signs a customer in; `address` is the network address that asks.

    Raises `TooManyAttempts`, `WrongCredentials` or `SignInIncomplete`; says no in the same words
    and after the same calls whether the e-mail address exists or not.
    """
    email = normalised(email)
    attempt = Attempt.begin(email=email, address=address)
    try:
        tokens = _ask_cognito(email, password)
    except Unavailable:
        attempt.take_back()
        raise
    attempt.succeeded()
    claims = verifier().claims(tokens.id_token, use="id", now=clock())
    customer = Customer(
        customer_id=claims["sub"], email=claims.get("email", ""), name=claims.get("name", "")
    )
    return SignedIn(customer=customer, tokens=tokens)


def create_customer(email: str, password: str, name: str = "") -> str:
    """A customer who can sign in; their id. Repeated, it sets the password again.

    Raises `PasswordTooWeak`.
    """
    return cognito.create_user(CUSTOMERS, normalised(email), password, name)


def everybody() -> Iterator[Customer]:
    """All customers who may sign in, with address and name, from Cognito; takes minutes for a
    million. Raises `Unavailable`."""
    return (_customer(each) for each in cognito.people(CUSTOMERS) if each.is_enabled)


def find(customer_id: str) -> Customer | None:
    """One of them, as Cognito has them now. Raises `Unavailable`."""
    found = cognito.person(CUSTOMERS, customer_id)
    return _customer(found) if found and found.is_enabled else None


def _customer(person: cognito.Person) -> Customer:
    return Customer(customer_id=person.sub, email=person.email, name=person.name)


def normalised(email: str) -> str:
    """One spelling for each address: people do not remember which letters were capitals."""
    return email.strip().lower()


def _ask_cognito(email: str, password: str) -> Tokens:
    if not email or len(email) > _EMAIL_CHARACTERS_MAX:
        raise cognito.WrongCredentials
    if not password or len(password) > _PASSWORD_CHARACTERS_MAX:
        raise cognito.WrongCredentials
    return cognito.sign_in(CUSTOMERS, email, password)
