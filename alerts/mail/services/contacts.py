"""Keeps the copy of the customers' addresses that campaigns are rendered with."""

from collections.abc import Callable, Iterable
from itertools import islice

import structlog

from alerts.mail.conf import conf
from alerts.mail.repository import CONTACTS, Contact
from aws.metrics import use_case
from identity import customers
from identity.customers import Customer
from kernel.clock import Clock, utc_now

_log = structlog.get_logger(__name__)
_SAVED_TOGETHER = 500
Alive = Callable[[int], None]


def _unwatched(_done: int) -> None:
    """Nobody waits to hear how many are done."""


def make_fresh(
    *, alive: Callable[[int], None] = lambda _done: None, clock: Clock = utc_now
) -> None:
    """Copies all customers from Cognito, unless that was done lately. `alive` hears how many are
    done. Raises `Unavailable`."""
    copied = CONTACTS.copied_at()
    if copied is None or clock() - copied > conf().contacts_max_age:
        copy(alive=alive, clock=clock)


@use_case("mail.copy_contacts")
def copy(*, alive: Alive = _unwatched, clock: Clock = utc_now) -> int:
    """The same whether or not it was done lately; how many customers there are."""
    begun, done = clock(), 0
    everybody = customers.everybody()
    while several := list(islice(everybody, _SAVED_TOGETHER)):
        CONTACTS.save([_contact(each) for each in several])
        done += len(several)
        alive(done)
    CONTACTS.note_copy(begun)
    _log.info("contacts_copied", customers=done)
    return done


def contacts_of(customer_ids: Iterable[str]) -> dict[str, Contact]:
    """Where they are reached. Whoever is not in the copy yet is asked for at Cognito."""
    wanted = set(customer_ids)
    known = CONTACTS.find_many(wanted)
    for customer_id in wanted - known.keys():
        if found := customers.find(customer_id):
            known[customer_id] = _contact(found)
    return known


def _contact(customer: Customer) -> Contact:
    return Contact(customer_id=customer.customer_id, address=customer.email, name=customer.name)
