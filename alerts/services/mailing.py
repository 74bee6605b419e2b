"""The alerts that customers want by e-mail: in a day's digest, or at once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from alerts.conf import bank_zone
from alerts.domain.alerts import AlertId
from alerts.mail.conf import conf
from alerts.mail.sources import AlertCount
from alerts.repository import ALERT_REPOSITORY, PREFERENCE_REPOSITORY
from alerts.repository.alerts import Due
from kernel.clock import Clock, utc_now
from txhub.public import CustomerId


class MailedAlerts:
    """The source of `alerts.mail.sources`."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock

    def digests(self, day: date) -> Iterator[AlertCount]:
        """The customers with such alerts on a day (in the bank's time zone), each once."""
        for customer_id, alerts in groupby(ALERT_REPOSITORY.in_digest_of(day), itemgetter(0)):
            yield AlertCount(customer_id=customer_id, counts=Counter(kind for _, kind in alerts))

    def is_any_due(self, until: datetime) -> bool:
        return ALERT_REPOSITORY.is_any_due(until)

    def due(self, until: datetime) -> Iterator[AlertCount]:
        """Who has quiet hours as it is asked, or is about to, is told when they are over: a list
        that comes late must not wake anybody."""
        zone, ahead = bank_zone(), conf().sent_within
        for alerts in ALERT_REPOSITORY.due(until):
            by_customer = _by_customer(alerts)
            wishes = PREFERENCE_REPOSITORY.find_many(by_customer)
            for customer_id, theirs in by_customer.items():
                quiet_until = wishes[customer_id].quiet_until(self._clock(), zone, ahead=ahead)
                if quiet_until is None:
                    yield _counted(customer_id, theirs)
                else:
                    _put_off(theirs, quiet_until)

    def note(self, customer_id: str, ids: Iterable[str]) -> None:
        for each in ids:
            ALERT_REPOSITORY.note_mailed(CustomerId(customer_id), AlertId(each))


def _by_customer(alerts: Iterable[Due]) -> dict[CustomerId, list[Due]]:
    found: defaultdict[CustomerId, list[Due]] = defaultdict(list)
    for each in alerts:
        found[each.customer_id].append(each)
    return found


def _put_off(alerts: Iterable[Due], until: datetime) -> None:
    for each in alerts:
        ALERT_REPOSITORY.put_off(each.customer_id, each.alert_id, until)


def _counted(customer_id: CustomerId, alerts: Sequence[Due]) -> AlertCount:
    return AlertCount(
        customer_id=customer_id,
        counts=Counter(each.kind for each in alerts),
        ids=tuple(sorted(each.alert_id for each in alerts)),
    )
