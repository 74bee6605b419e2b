"""The `alerts` table. What an alert says is sealed under its account's key; in the clear stand
opaque ids, the kind, times, and what became of it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import and_
from typing import NamedTuple
from zlib import crc32

import orjson

from alerts.conf import bank_zone
from alerts.domain.alerts import Alert, AlertId, AlertStatus, Channel, Feedback
from alerts.resources import ALERTS
from aws.dynamodb import Attr, Item, Key, Put, Repository, Update
from aws.vault import Place, vault
from kernel.clock import epoch_s
from kernel.errors import Conflict, Missing
from txhub.public import AccountId, CustomerId, TransactionId, subject_of

KEPT = timedelta(days=400)
COUNTED_MAX = 100
_LISTS = 8
_AT_ONCE = "at once"  # in the place of a day


class AlertMissing(Missing):
    """No such alert, or not one of yours."""

    code = "alert_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsPage:
    """Newest first; `last`: where the next page begins, None behind the last."""

    alerts: tuple[Alert, ...]
    last: Item | None


class Due(NamedTuple):
    """An alert that is to be mailed at once."""

    customer_id: CustomerId
    alert_id: AlertId
    kind: str


class AlertRepository(Repository):
    """Alerts, by owner.

    pk            sk       what
    <customer>    alr_…    an alert
    """

    table = ALERTS

    def find(self, customer_id: CustomerId, alert_id: str) -> Alert:
        """Raises `AlertMissing`, also for an alert that is not in the inbox."""
        item = self.get(customer_id, alert_id, consistent=True)
        alert = alert_from_item(item) if item else None
        if alert is None or not alert.is_listed:
            raise AlertMissing
        return alert

    def find_many(self, names: Iterable[tuple[CustomerId, AlertId]]) -> list[Alert]:
        return [alert_from_item(item) for item in self.batch_get(names)]

    def page(
        self,
        customer_id: CustomerId,
        *,
        kind: str | None = None,
        unread: bool = False,
        after: Item | None = None,
        limit: int,
    ) -> AlertsPage:
        """A page of the inbox, a moment behind; shorter where `kind` or `unread` leave some out."""
        kept = [Attr("k").eq(kind)] if kind else []
        kept += [Attr("u").exists()] if unread else []
        page = self.query(
            customer_id,
            index="inbox",
            descending=True,
            after=after,
            limit=limit,
            filter=reduce(and_, kept) if kept else None,
        )
        return AlertsPage(alerts=tuple(map(alert_from_item, page.items)), last=page.last_key)

    def unread(self, customer_id: CustomerId) -> int:
        """How many are not read, as far as `COUNTED_MAX`; a moment behind."""
        return len(self.query(customer_id, index="unread", limit=COUNTED_MAX).items)

    def unread_ids(self, customer_id: CustomerId) -> list[AlertId]:
        """Those that are not read, `COUNTED_MAX` at the most."""
        page = self.query(customer_id, index="unread", limit=COUNTED_MAX)
        return [AlertId(item["sk"]) for item in page.items]

    def in_digest_of(self, day: date) -> Iterator[tuple[CustomerId, str]]:
        """Customers and kinds of the alerts that the digest of a day (in the bank's time zone)
        counts, each customer's together; a second behind."""
        for number in range(_LISTS):
            for item in self.query_all(_list_of(day.isoformat(), number), index="mailed"):
                yield CustomerId(item["pk"]), item["c"].partition("#")[2]

    def is_any_due(self, until: datetime) -> bool:
        """Whether any is to be mailed at once that was due before `until`; a second behind."""
        due = Key("c").lt(_moment_key(until))
        lists = (_list_of(_AT_ONCE, number) for number in range(_LISTS))
        return any(self.query(each, index="mailed", sort=due, limit=1).items for each in lists)

    def due(self, until: datetime) -> Iterator[list[Due]]:
        """The alerts that are to be mailed at once and were due before `until`, in groups that
        hold all of a customer's. One that was raised a second ago may be missing; none is in it
        that has been noted."""
        for number in range(_LISTS):
            wanted = _list_of(_AT_ONCE, number)
            found = self.query_all(wanted, index="mailed", sort=Key("c").lt(_moment_key(until)))
            items = self.batch_get([(each["pk"], each["sk"]) for each in found], consistent=True)
            yield [
                Due(CustomerId(each["pk"]), AlertId(each["sk"]), each["k"])
                for each in items
                if each.get("g") == wanted
            ]

    def note_mailed(self, customer_id: CustomerId, alert_id: AlertId) -> None:
        """It is on a list of mails, and comes on no other. Again changes nothing."""
        is_waiting = Attr("m").eq(False)
        noted = Update(set={"m": True}, remove=("g", "c"), add={"n": 1})
        with suppress(Conflict):
            self.update(customer_id, alert_id, noted, condition=is_waiting)

    def put_off(self, customer_id: CustomerId, alert_id: AlertId, until: datetime) -> None:
        """It is due then, and not before; unless it is on a list by now."""
        is_waiting = Attr("m").eq(False)
        due = {"b": _text(until), "c": _place_at_once(until, customer_id)}
        with suppress(Conflict):
            self.update(customer_id, alert_id, Update(set=due, add={"n": 1}), condition=is_waiting)

    def decide(self, alert: Alert) -> bool:
        """Stores a decision: the alert as it is now, unless a later decision is stored. Whether
        it was new; twice the same, and an older one after a newer one, change nothing."""
        absent = Attr("pk").not_exists()
        try:
            self.put(alert_to_item(alert), condition=absent)
            return True
        except Conflict as lost:
            stored = alert_from_item(lost.stored)
        while (after := stored.decided_anew(alert)) is not None:
            try:
                self.put(alert_to_item(after), condition=_unchanged(stored))
                break
            except Conflict as lost:
                stored = alert_from_item(lost.stored)
        return False

    def replacing(self, before: Alert, after: Alert) -> Put:
        """The write of what its owner did with it, unless it has changed since `before`."""
        return Put(self, alert_to_item(after), _unchanged(before))


def alert_to_item(alert: Alert) -> Item:
    plain = orjson.dumps([alert.reason, alert.transaction_ids])
    key = vault().key(subject_of(alert.account_id))
    item: Item = {
        "pk": alert.customer_id,
        "sk": alert.alert_id,
        "a": alert.account_id,
        "k": alert.kind,
        "z": key.seal(plain, _place(alert.customer_id, alert.alert_id)),
        "t": f"{alert.created_at.isoformat(timespec='milliseconds')}#{alert.alert_id}",
        "h": [each.value for each in alert.notify],
        "m": alert.mailed,
        "y": alert.settings,
        "p": alert.decided,
        "n": alert.version,
        "x": epoch_s(alert.created_at + KEPT),
    }
    optional = {
        "i": alert.customer_id if alert.is_listed else None,
        "u": alert.customer_id if alert.is_listed and alert.status is AlertStatus.NEW else None,
        "w": None if alert.stands else True,
        "b": _text(alert.not_before),
        "r": _text(alert.read_at),
        "f": alert.feedback.value if alert.feedback else None,
        **_mailing(alert),
    }
    return item | {name: value for name, value in optional.items() if value is not None}


def alert_from_item(item: Item) -> Alert:
    """Raises `Tampered`, `KeyDestroyed`."""
    key = vault().key(subject_of(item["a"]), create=False)
    reason, transaction_ids = orjson.loads(key.open(item["z"], _place(item["pk"], item["sk"])))
    return Alert(
        alert_id=AlertId(item["sk"]),
        customer_id=CustomerId(item["pk"]),
        account_id=AccountId(item["a"]),
        kind=item["k"],
        reason=reason,
        transaction_ids=tuple(map(TransactionId, transaction_ids)),
        created_at=datetime.fromisoformat(item["t"].partition("#")[0]),
        stands="w" not in item,
        notify=tuple(map(Channel, item["h"])),
        not_before=_moment(item.get("b")),
        # One from before there were mails at once was told in its day's digest.
        mailed=item.get("m", True),
        settings=item["y"],
        decided=item["p"],
        read_at=_moment(item.get("r")),
        feedback=Feedback(item["f"]) if "f" in item else None,
        version=item["n"],
    )


def _mailing(alert: Alert) -> dict[str, str | None]:
    """Where it stands among those that go by e-mail. They are spread over several keys: one key of
    an index takes 1,000 writes a second, and on some mornings millions of accounts are booked at
    once."""
    number = crc32(alert.customer_id.encode()) % _LISTS
    if alert.awaits_mail:
        place = _place_at_once(alert.due_at, alert.customer_id)
        return {"g": _list_of(_AT_ONCE, number), "c": place}
    if alert.is_in_digest:
        day = alert.created_at.astimezone(bank_zone()).date()
        place = f"{alert.customer_id}#{alert.kind}"
        return {"g": _list_of(day.isoformat(), number), "c": place}
    return {"g": None, "c": None}


def _list_of(name: str, number: int) -> str:
    return f"{name}#{number}"


def _place_at_once(due: datetime, customer_id: CustomerId) -> str:
    return f"{_moment_key(due)}#{customer_id}"


def _moment_key(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _unchanged(alert: Alert) -> Attr:
    return Attr("n").eq(alert.version)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _place(customer_id: str, alert_id: str) -> Place:
    return Place(table="alerts", key=f"{customer_id}|{alert_id}", attribute="z")


ALERT_REPOSITORY = AlertRepository()
