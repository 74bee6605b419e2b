"""The door to Cognito: a user pool of customers, sign-in, and the pool's public keys.

Only this server may sign people in (ADMIN_USER_PASSWORD_AUTH needs AWS credentials): with a public
flow, anybody who knows the client id could try passwords past our own limits.
"""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

import urllib3
from botocore.exceptions import BotoCoreError, ClientError

from aws import metrics, sessions
from aws.errors import error_code, translate, translated
from aws.resources import Declaration
from kernel.errors import Conflict, HubError, Refused, Unavailable

_PASSWORD_CHARACTERS_MIN = 8
_KEYS_TIMEOUT_S = 2.0
_SUB = re.compile(r"[A-Za-z0-9-]{1,64}")  # goes into a filter expression


class WrongCredentials(Refused):
    """The e-mail address or the password is wrong."""

    code = "wrong_credentials"
    http_status: ClassVar[int] = 401


class SignInIncomplete(Refused):
    """The password is right, but Cognito asks for a step that this site does not offer."""

    code = "sign_in_incomplete"
    http_status: ClassVar[int] = 401


class NotAnEmailAddress(Refused):
    """This is not an e-mail address that somebody could sign in with."""

    code = "not_an_email_address"


class PasswordTooWeak(Refused):
    """The password does not meet the user pool's policy (8 characters at least)."""

    code = "password_too_weak"


class _AlreadyThere(Conflict):
    """There is a person with this e-mail address."""


# What a refused call means, by Cognito's name of the error. Why a sign-in was refused is nobody's
# business: an unknown address, a wrong password and a disabled person sound the same.
_SIGN_IN_REFUSED: dict[str, type[HubError]] = dict.fromkeys(
    (
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
        "PasswordResetRequiredException",
        "InvalidParameterException",
    ),
    WrongCredentials,
)
_CREATE_REFUSED: dict[str, type[HubError]] = {
    "InvalidPasswordException": PasswordTooWeak,
    "InvalidParameterException": NotAnEmailAddress,
}
_NONE: Mapping[str, type[HubError]] = MappingProxyType({})
_SUB = re.compile(r"[0-9a-fA-F-]{8,64}")


@dataclass(frozen=True, kw_only=True)
class UserPool(Declaration):
    """A pool of people who sign in with e-mail address and password, and its one client."""

    access_token_s: int = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolIds:
    """What Cognito named a declared pool and its client, and who it says it is in its tokens."""

    pool_id: str
    client_id: str

    @property
    def issuer(self) -> str:
        region = self.pool_id.partition("_")[0]
        return f"https://cognito-idp.{region}.amazonaws.com/{self.pool_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a sign-in yields. Bearer secrets: neither logged nor stored."""

    access_token: str = field(repr=False)
    id_token: str = field(repr=False)
    expires_in_s: int


_known: dict[str, PoolIds] = {}


def ensure_pool(pool: UserPool) -> PoolIds:
    """Creates the pool and its client where they are missing; finds them by name otherwise."""
    pool_id = _pool_id(pool) or _create_pool(pool)
    client_id = _client_id(pool, pool_id) or _create_client(pool, pool_id)
    _known[pool.physical_name] = PoolIds(pool_id=pool_id, client_id=client_id)
    return _known[pool.physical_name]


def pool_ids(pool: UserPool) -> PoolIds:
    """The ids of a provisioned pool, looked up once in a process.

    Raises `Unavailable` where nobody has provisioned it.
    """
    if known := _known.get(pool.physical_name):
        return known
    pool_id = _pool_id(pool)
    client_id = _client_id(pool, pool_id) if pool_id else None
    if not pool_id or not client_id:
        raise Unavailable("the user pool does not exist yet: run `manage.py provision`")
    return _known.setdefault(pool.physical_name, PoolIds(pool_id=pool_id, client_id=client_id))


def sign_in(pool: UserPool, email: str, password: str) -> Tokens:
    """Raises `WrongCredentials`, the same for an unknown address as for a wrong password,
    `SignInIncomplete`, or `Unavailable`."""
    ids = pool_ids(pool)
    answer = _call(
        "admin_initiate_auth",
        _SIGN_IN_REFUSED,
        UserPoolId=ids.pool_id,
        ClientId=ids.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": password},
    )
    result = answer.get("AuthenticationResult")
    if not result:
        raise SignInIncomplete
    return Tokens(
        access_token=result["AccessToken"],
        id_token=result["IdToken"],
        expires_in_s=result["ExpiresIn"],
    )


def create_user(pool: UserPool, email: str, password: str, name: str = "") -> str:
    """A person who can sign in at once; their `sub`. Repeated, it sets the password again.

    Raises `PasswordTooWeak` or `NotAnEmailAddress`.
    """
    person: dict[str, Any] = {"UserPoolId": pool_ids(pool).pool_id, "Username": email}
    attributes = {"email": email, "email_verified": "true"} | ({"name": name} if name else {})
    with suppress(_AlreadyThere):
        _call(
            "admin_create_user",
            {**_CREATE_REFUSED, "UsernameExistsException": _AlreadyThere},
            **person,
            UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
            MessageAction="SUPPRESS",
        )
    _call("admin_set_user_password", _CREATE_REFUSED, **person, Password=password, Permanent=True)
    found = _call("admin_get_user", **person)["UserAttributes"]
    return next(str(each["Value"]) for each in found if each["Name"] == "sub")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in a pool; `sub` is their id, `status` Cognito's word, such as `CONFIRMED`."""

    sub: str
    email: str = field(repr=False)
    name: str = field(repr=False)
    status: str
    is_enabled: bool


def people(pool: UserPool) -> Iterator[Person]:
    """Everybody in the pool, 60 a call; Cognito allows 30 calls a second, so a million takes ten
    minutes. Raises `Unavailable`."""
    for answer in _user_pages(pool):
        yield from _people_in(answer)


def person(pool: UserPool, sub: str) -> Person | None:
    """One, by id."""
    if not _SUB.fullmatch(sub):
        return None
    answer = _call(
        "list_users", UserPoolId=pool_ids(pool).pool_id, Filter=f'sub = "{sub}"', Limit=1
    )
    return next(_people_in(answer), None)


def _user_pages(pool: UserPool) -> Iterator[dict[str, Any]]:
    parameters: dict[str, Any] = {"UserPoolId": pool_ids(pool).pool_id, "Limit": 60}
    while True:
        answer = _call("list_users", **parameters)
        yield answer
        if not answer.get("PaginationToken"):
            return
        parameters["PaginationToken"] = answer["PaginationToken"]


def _people_in(answer: dict[str, Any]) -> Iterator[Person]:
    for user in answer["Users"]:
        known = {each["Name"]: str(each.get("Value", "")) for each in user["Attributes"]}
        if "sub" in known:
            yield Person(
                sub=known["sub"],
                email=known.get("email", ""),
                name=known.get("name", ""),
                status=str(user.get("UserStatus", "")),
                is_enabled=bool(user.get("Enabled", True)),
            )


def public_keys(pool: UserPool) -> list[dict[str, Any]]:
    """The pool's signing keys as JWKs, from the endpoint that the client itself talks to.

    The issuer's own address would only be right on AWS. Raises `Unavailable`.
    """
    endpoint = sessions.client("cognito-idp").meta.endpoint_url
    url = f"{endpoint}/{pool_ids(pool).pool_id}/.well-known/jwks.json"
    started, outcome = time.perf_counter(), "ok"
    try:
        answer = urllib3.request("GET", url, timeout=_KEYS_TIMEOUT_S, retries=1)
        if answer.status != 200:
            outcome = str(answer.status)
            raise Unavailable(f"the user pool's keys answer {answer.status}")
        keys: list[dict[str, Any]] = answer.json()["keys"]
    except (urllib3.exceptions.HTTPError, ValueError, KeyError) as error:
        outcome = type(error).__name__
        raise Unavailable("the user pool's keys cannot be read") from error
    finally:
        seconds = time.perf_counter() - started
        metrics.record_call("cognito-idp", "GetJwks", seconds, outcome, 0.0)
    return keys


def _pool_id(pool: UserPool) -> str | None:
    found = [
        each
        for each in _listed("list_user_pools", "UserPools")
        if each["Name"] == pool.physical_name
    ]
    # Names are not unique to Cognito: should two provisions ever race, everybody takes the older.
    oldest = min(found, key=lambda each: (each["CreationDate"], each["Id"]), default=None)
    return None if oldest is None else str(oldest["Id"])


def _client_id(pool: UserPool, pool_id: str) -> str | None:
    found = [
        str(each["ClientId"])
        for each in _listed("list_user_pool_clients", "UserPoolClients", UserPoolId=pool_id)
        if each["ClientName"] == pool.physical_name
    ]
    return min(found, default=None)


def _listed(operation: str, key: str, **parameters: str) -> list[dict[str, Any]]:
    pages = sessions.client("cognito-idp").get_paginator(operation)
    with translated():
        return [each for page in pages.paginate(MaxResults=60, **parameters) for each in page[key]]


def pool_settings() -> dict[str, Any]:
    """What a pool is created with, in words that CloudFormation shares."""
    # Length is what makes a password strong; rules about kinds of characters make it "Passw0rd!".
    policy = {
        "MinimumLength": _PASSWORD_CHARACTERS_MIN,
        "RequireUppercase": False,
        "RequireLowercase": False,
        "RequireNumbers": False,
        "RequireSymbols": False,
    }
    return {
        "Policies": {"PasswordPolicy": policy},
        "UsernameAttributes": ["email"],
        "UsernameConfiguration": {"CaseSensitive": False},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
        "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]},
        "DeletionProtection": "ACTIVE",
    }


def client_settings(pool: UserPool) -> dict[str, Any]:
    """What a pool's client is created with, in words that CloudFormation shares."""
    return {
        "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
        "PreventUserExistenceErrors": "ENABLED",
        "AccessTokenValidity": pool.access_token_s,
        "IdTokenValidity": pool.access_token_s,
        # Never used: the shortest that Cognito allows.
        "RefreshTokenValidity": 3600,
        "TokenValidityUnits": dict.fromkeys(("AccessToken", "IdToken", "RefreshToken"), "seconds"),
    }


def _create_pool(pool: UserPool) -> str:
    answer = _call("create_user_pool", PoolName=pool.physical_name, **pool_settings())
    return str(answer["UserPool"]["Id"])


def _create_client(pool: UserPool, pool_id: str) -> str:
    answer = _call(
        "create_user_pool_client",
        UserPoolId=pool_id,
        ClientName=pool.physical_name,
        **client_settings(pool),
    )
    return str(answer["UserPoolClient"]["ClientId"])


def _call(
    operation: str, refused: Mapping[str, type[HubError]] = _NONE, **parameters: Any
) -> dict[str, Any]:
    """One call; `refused` says what to raise for errors that are the person's, not ours."""
    try:
        answer: dict[str, Any] = getattr(sessions.client("cognito-idp"), operation)(**parameters)
    except ClientError as error:
        raise _meaning(error, refused) from error
    except BotoCoreError as error:
        raise translate(error) from error
    return answer


def _meaning(error: ClientError, refused: Mapping[str, type[HubError]]) -> HubError:
    code = error_code(error)
    if code == "ResourceNotFoundException":
        # The pool was replaced (an engine that started empty): look it up again next time.
        _known.clear()
        return Unavailable("the user pool is not there: run `manage.py provision`")
    return refused[code]() if code in refused else translate(error)
