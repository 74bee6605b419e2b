"""What the alert digest counts: the alerts of a day that customers want by e-mail."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter

from alerts.mail.digests import AlertCount
from alerts.repository import ALERT_REPOSITORY


class Digests:
    """The source of `alerts.mail.digests`."""

    def digests(self, day: date) -> Iterator[AlertCount]:
        """The customers with such alerts on a day (in the bank's time zone), each once."""
        for customer_id, alerts in groupby(ALERT_REPOSITORY.mailed_on(day), itemgetter(0)):
            yield AlertCount(customer_id=customer_id, counts=Counter(kind for _, kind in alerts))
