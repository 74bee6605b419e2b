"""Customers with a browser, and what their accounts hold."""

import re
import secrets
from datetime import date
from typing import Any

from django.test import Client

from aws.vault import vault
from identity.tests.people import Person, new_person
from txhub.domain.entities import AccountId, CustomerId
from txhub.domain.entries import SourcedEntry
from txhub.domain.naming import account_id
from txhub.services import NewAccount, open_accounts, own_account
from txhub.tests.people import an_entry


def signed_in(person: Person) -> Client:
    """A browser in which this person has signed in, from an address of its own."""
    address = ".".join(["10", *(str(secrets.randbelow(256)) for _ in range(3))])
    client = Client(REMOTE_ADDR=address)
    form = {"email": person.email, "password": person.password}
    assert client.post("/sign-in/", form).status_code == 302
    return client


def account_of(*owners: Person, name: str = "Everyday", type: str = "current") -> AccountId:
    """An open account that these people own."""
    number = secrets.token_hex(6)
    opened = account_id(vault().id_key("accounts"), "bank", number)
    new = NewAccount(account_id=opened, number=number, name=name, type=type, currency="GBP")
    open_accounts([new])
    for owner in owners:
        own_account(CustomerId(owner.customer_id), opened)
    return opened


def purchases(account: AccountId, days: list[date], **facts: Any) -> list[SourcedEntry]:
    """One purchase a day, newest first; the running balance goes down by each."""
    reference = secrets.token_hex(4)
    return [
        an_entry(account, f"{reference}-{place}", day, **facts) for place, day in enumerate(days)
    ]


def text_of(response: Any) -> str:
    """What a reader sees, in one line."""
    without_tags = re.sub(r"<[^>]+>", "", response.content.decode())
    return " ".join(without_tags.split())


def ids_in(response: Any) -> list[str]:
    return re.findall(r'href="transactions/(txn_\w+)/"', response.content.decode())


def htmx(target: str, page: str = "/") -> dict[str, str]:
    return {
        "HX-Request": "true",
        "HX-Target": target,
        "HX-Current-URL": f"http://testserver{page}",
    }


def more_link(response: Any) -> str:
    found = re.search(r'class="button second" href="([^"]+)"', response.content.decode())
    assert found, "there is no link to more"
    return found[1].replace("&amp;", "&")


__all__ = [
    "Person",
    "account_of",
    "htmx",
    "ids_in",
    "more_link",
    "new_person",
    "purchases",
    "signed_in",
    "text_of",
]
