"""What the alert digest counts of Alice's alerts."""

from datetime import date, timedelta

import pytest

from alerts.domain.alerts import Channel
from alerts.domain.preferences import KindPreference, Preferences
from alerts.mail import sources
from alerts.mail.sources import AlertCount
from alerts.repository import PREFERENCE_REPOSITORY
from alerts.tests.bank import NOON, Bank

_DAY = NOON.date()


def wish(bank: Bank, *channels: Channel, digest: bool = False) -> None:
    before = Preferences(customer_id=bank.owner)
    kinds = {"large_purchase": KindPreference(channels=frozenset(channels))}
    after = Preferences(customer_id=bank.owner, kinds=kinds, digest=digest, version=1)
    PREFERENCE_REPOSITORY.replace(before, after)


def counted(bank: Bank, day: date = _DAY) -> list[AlertCount]:
    source = sources.source()
    assert source is not None
    return [each for each in source.digests(day) if each.customer_id == bank.owner]


class TestTheDigest:
    def test_counts_what_is_wanted_together(self, bank: Bank) -> None:
        wish(bank, Channel.EMAIL, digest=True)
        for _time in range(2):
            bank.buys(-249_900 - _time, merchant="Voltmart")
        bank.look()
        (found,) = counted(bank)
        assert found.counts == {"large_purchase": 2}
        assert bank.inbox() == []

    @pytest.mark.parametrize("channel", [Channel.INBOX, Channel.EMAIL])
    def test_leaves_out_what_is_wanted_in_the_inbox_or_at_once(
        self, bank: Bank, channel: Channel
    ) -> None:
        wish(bank, channel)
        bank.buys(-249_900, merchant="Voltmart")
        bank.look()
        assert counted(bank) == []

    def test_is_of_one_day(self, bank: Bank) -> None:
        wish(bank, Channel.EMAIL, digest=True)
        bank.buys(-249_900, merchant="Voltmart")
        bank.look()
        assert counted(bank, _DAY - timedelta(days=1)) == []
