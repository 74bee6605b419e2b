"""Which of Alice's alerts are mailed at once, and when. It is noon in UTC, and one o'clock at the
bank."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from alerts.domain.alerts import Channel
from alerts.domain.preferences import KindPreference, Preferences, QuietHours
from alerts.mail.sources import AlertCount
from alerts.repository import ALERT_REPOSITORY, PREFERENCE_REPOSITORY
from alerts.services import inbox
from alerts.services.mailing import MailedAlerts
from alerts.tests.bank import NOON, Bank
from aws.dynamodb import Update, transact
from kernel.errors import Conflict

_MINUTES, _HOURS = timedelta(minutes=1), timedelta(hours=1)
BOTH = frozenset({Channel.EMAIL, Channel.INBOX})


def wish(bank: Bank, *, quiet: tuple[int, int] | None = None, digest: bool = False) -> None:
    before = PREFERENCE_REPOSITORY.find(bank.owner)
    after = Preferences(
        customer_id=bank.owner,
        kinds={"large_purchase": KindPreference(channels=BOTH)},
        quiet=QuietHours(begin=time(quiet[0]), end=time(quiet[1])) if quiet else None,
        digest=digest,
        version=before.version + 1,
    )
    PREFERENCE_REPOSITORY.replace(before, after)


def spend(bank: Bank, minor: int = -249_900) -> None:
    bank.buys(minor, merchant="Voltmart")
    bank.look()


def due(bank: Bank, until: datetime) -> list[AlertCount]:
    """What a list counts that is made as the slot ends."""
    bank.now = max(bank.now, until)
    source = MailedAlerts(bank.clock)
    found = [each for each in source.due(until) if each.customer_id == bank.owner]
    assert source.is_any_due(until) or not found
    return found


def note(bank: Bank, found: AlertCount) -> None:
    MailedAlerts(bank.clock).note(found.customer_id, found.ids)


class TestAnAlert:
    def test_is_due_as_it_is_raised(self, bank: Bank) -> None:
        wish(bank)
        spend(bank)
        (alert,) = bank.inbox()
        assert due(bank, NOON) == []
        (found,) = due(bank, NOON + 5 * _MINUTES)
        assert (found.counts, found.ids) == ({"large_purchase": 1}, (alert.alert_id,))

    def test_is_counted_with_others_of_its_slot(self, bank: Bank) -> None:
        wish(bank)
        for number in range(2):
            spend(bank, -249_900 - number)
        (found,) = due(bank, NOON + 5 * _MINUTES)
        assert found.counts == {"large_purchase": 2}

    @pytest.mark.parametrize("digest", [False, True])
    def test_is_told_at_once_or_in_the_digest(self, bank: Bank, digest: bool) -> None:
        wish(bank, digest=digest)
        spend(bank)
        digests = MailedAlerts(bank.clock).digests(NOON.date())
        counted = [each for each in digests if each.customer_id == bank.owner]
        assert len(counted) == digest
        assert len(due(bank, NOON + 5 * _MINUTES)) == (not digest)

    def test_that_is_taken_back_is_not_told(self, bank: Bank) -> None:
        wish(bank)
        spend(bank)
        (alert,) = bank.inbox()
        ALERT_REPOSITORY.decide(replace(alert, stands=False, decided=alert.decided + 1))
        assert due(bank, NOON + 5 * _MINUTES) == []


class TestAnAlertOnAList:
    def test_comes_on_no_other(self, bank: Bank) -> None:
        wish(bank)
        spend(bank)
        (found,) = due(bank, NOON + 5 * _MINUTES)
        for _time in range(2):
            note(bank, found)
        assert due(bank, NOON + 10 * _MINUTES) == []

    def test_comes_on_no_other_when_it_is_read_or_decided_on_again(self, bank: Bank) -> None:
        wish(bank)
        spend(bank)
        (found,) = due(bank, NOON + 5 * _MINUTES)
        (raised,) = bank.inbox()
        note(bank, found)
        inbox.mark(bank.owner, raised.alert_id, clock=bank.clock)
        for later, stands in enumerate((False, True), start=1):
            decided = replace(raised, stands=stands, decided=raised.decided + later)
            ALERT_REPOSITORY.decide(decided)
        (alert,) = bank.inbox()
        assert alert.decided == raised.decided + 2
        assert due(bank, NOON + 10 * _MINUTES) == []

    def test_is_not_put_back_by_who_read_it_before(self, bank: Bank) -> None:
        wish(bank)
        spend(bank)
        (found,) = due(bank, NOON + 5 * _MINUTES)
        (before,) = bank.inbox()
        note(bank, found)
        with pytest.raises(Conflict):
            transact([ALERT_REPOSITORY.replacing(before, before.marked(NOON, read=True))])

    def test_that_has_expired_is_not_written_again(self, bank: Bank) -> None:
        wish(bank)
        spend(bank)
        (found,) = due(bank, NOON + 5 * _MINUTES)
        ALERT_REPOSITORY.delete(bank.owner, found.ids[0])
        note(bank, found)
        assert ALERT_REPOSITORY.get(bank.owner, found.ids[0]) is None

    def test_is_any_from_before_there_were_such_mails(self, bank: Bank) -> None:
        wish(bank)
        spend(bank)
        (alert,) = bank.inbox()
        ALERT_REPOSITORY.update(bank.owner, alert.alert_id, Update(remove=("m", "g", "c")))
        inbox.mark(bank.owner, alert.alert_id, clock=bank.clock)
        assert due(bank, NOON + 5 * _MINUTES) == []


class TestQuietHours:
    def test_put_it_off_to_their_end(self, bank: Bank) -> None:
        wish(bank, quiet=(12, 15))  # until 14:00 of UTC
        spend(bank)
        assert due(bank, NOON + 2 * _HOURS) == []
        assert len(due(bank, NOON + 2 * _HOURS + 5 * _MINUTES)) == 1

    def test_put_it_off_where_they_begin_before_it_would_come(self, bank: Bank) -> None:
        wish(bank, quiet=(14, 15))
        bank.now = NOON + 54 * _MINUTES
        spend(bank)
        assert due(bank, NOON + 59 * _MINUTES) == []
        assert len(due(bank, NOON + 2 * _HOURS + 5 * _MINUTES)) == 1

    def test_put_off_what_a_late_list_would_tell(self, bank: Bank) -> None:
        wish(bank, quiet=(14, 15))
        spend(bank)
        bank.now = NOON + _HOURS  # the list of five past twelve is made an hour late
        assert due(bank, NOON + 5 * _MINUTES) == []
        assert not MailedAlerts(bank.clock).is_any_due(NOON + 2 * _HOURS)
        assert len(due(bank, NOON + 2 * _HOURS + 5 * _MINUTES)) == 1

    def test_hold_as_they_are_when_the_list_is_made(self, bank: Bank) -> None:
        wish(bank)
        spend(bank)
        wish(bank, quiet=(12, 15))
        assert due(bank, NOON + 5 * _MINUTES) == []
