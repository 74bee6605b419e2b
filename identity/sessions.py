"""A customer's session on the pages: one entry of Django's session, which lies in Redis.

The entry holds the customer's id, two times, and e-mail address and name sealed under the
customer's own key, so Redis learns neither.
"""

import base64
from datetime import datetime
from typing import Any

import orjson
from django.contrib.auth import SESSION_KEY as STAFF_ENTRY
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from aws.vault import KeyDestroyed, Place, Tampered, vault
from identity.conf import conf
from identity.customers import Customer
from kernel.clock import epoch_s

_ENTRY = "customer"
# How stale "last seen" may be: one write to Redis a minute, not one a request.
_SEEN_STEP_S = 60


def begin(request: HttpRequest, customer: Customer, *, now: datetime) -> None:
    """Signs `customer` in on this browser, under a new session key and a new CSRF token: one that
    was planted before the sign-in is worth nothing after it."""
    request.session.pop(_ENTRY, None)
    request.session.cycle_key()
    rotate_token(request)
    profile = orjson.dumps([customer.email, customer.name])
    sealed = vault().seal(_subject(customer.customer_id), profile, _place(customer.customer_id))
    request.session[_ENTRY] = {
        "id": customer.customer_id,
        "since": epoch_s(now),
        "seen": epoch_s(now),
        "profile": base64.b64encode(sealed).decode(),
    }


def current(request: HttpRequest, *, now: datetime) -> Customer | None:
    """Who is signed in on this browser; ends the session where it is idle or too old."""
    entry = request.session.get(_ENTRY)
    if entry is None:
        return None
    now_s, limits = epoch_s(now), conf()
    idle = now_s - entry["seen"] >= limits.session_idle_s
    too_old = now_s - entry["since"] >= limits.session_s_max
    customer = None if idle or too_old else _customer(entry)
    if customer is None:
        end(request)
    elif now_s - entry["seen"] >= _SEEN_STEP_S:
        request.session[_ENTRY] = {**entry, "seen": now_s}
    return customer


def end(request: HttpRequest) -> None:
    """Signs the customer out. A member of staff in the same browser stays signed in."""
    if STAFF_ENTRY in request.session:
        request.session.pop(_ENTRY, None)
        request.session.cycle_key()
    else:
        request.session.flush()


def _customer(entry: dict[str, Any]) -> Customer | None:
    customer_id = str(entry["id"])
    sealed = base64.b64decode(entry["profile"])
    try:
        profile = vault().open(_subject(customer_id), sealed, _place(customer_id))
    except (Tampered, KeyDestroyed):
        return None
    email, name = orjson.loads(profile)
    return Customer(customer_id=customer_id, email=email, name=name)


def _subject(customer_id: str) -> str:
    return f"customer:{customer_id}"


def _place(customer_id: str) -> Place:
    return Place(table="sessions", key=customer_id, attribute="profile")
