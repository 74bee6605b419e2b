"""What is told once is on one list, whoever dies or is taken for dead while lists are made."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import pytest

from alerts.mail import sources
from alerts.mail.domain.kinds import Campaign
from alerts.mail.repository.files import list_exists, listed_from_line, read_list
from alerts.mail.services import campaigns
from alerts.mail.services.listing import make_list
from alerts.mail.sources import AlertCount
from alerts.mail.tests import world
from kernel.errors import Unavailable

pytestmark = pytest.mark.django_db(transaction=True)


def _nothing() -> None:
    pass


@dataclass
class Source:
    """Alice's alerts. `between`: what happens after they were read and before they are listed."""

    waiting: set[str] = field(default_factory=lambda: {"alr_1", "alr_2"})
    between: Callable[[], None] = _nothing
    dies: bool = False

    def digests(self, _day: date) -> Iterable[AlertCount]:
        return ()

    def is_any_due(self, _until: datetime) -> bool:
        return bool(self.waiting)

    def due(self, _until: datetime) -> Iterator[AlertCount]:
        read, between = tuple(sorted(self.waiting)), self.between
        self.between = _nothing
        between()
        if read:
            yield AlertCount(customer_id="alice", counts={"large_purchase": len(read)}, ids=read)

    def note(self, _customer_id: str, ids: Iterable[str]) -> None:
        if self.dies:
            raise Unavailable("away", retry_after_s=1)
        self.waiting -= set(ids)


@pytest.fixture
def source() -> Iterator[Source]:
    offered, ours = sources.source(), Source()
    sources.offer(ours)
    yield ours
    sources.offer(offered)


@pytest.fixture
def slots(source: Source) -> Iterator[list[Campaign]]:
    """Two slots; the first was stopped, though somebody may still be at it."""
    first, second = world.new_slot(), world.new_slot()
    campaigns.announce(first)
    campaigns.pause(first)
    yield [first, second]
    campaigns.announce(second)
    world.render(second)


def make(campaign: Campaign) -> None:
    campaigns.announce(campaign)
    make_list(campaign, lambda _done: None)


def listed(campaign: Campaign) -> list[str]:
    found = map(listed_from_line, read_list(campaign))
    return [alert_id for each in found for alert_id in each.ids]


class TestAnAlert:
    def test_is_on_the_list_of_one_slot(self, slots: list[Campaign], source: Source) -> None:
        for each in slots:
            make(each)
        assert [listed(each) for each in slots] == [["alr_1", "alr_2"], []]

    def test_that_was_listed_and_not_noted_comes_on_no_other_list(
        self, slots: list[Campaign], source: Source
    ) -> None:
        first, second = slots
        source.dies = True
        with pytest.raises(Unavailable):
            make(first)
        source.dies = False
        source.waiting.add("alr_3")
        make(second)
        assert (listed(first), listed(second)) == (["alr_1", "alr_2"], ["alr_3"])

    def test_that_was_listed_is_noted_by_who_goes_on(
        self, slots: list[Campaign], source: Source
    ) -> None:
        source.dies = True
        with pytest.raises(Unavailable):
            make(slots[0])
        source.dies = False
        make(slots[0])
        assert source.waiting == set()

    def test_goes_with_who_came_later_where_a_stopped_one_was_still_at_it(
        self, slots: list[Campaign], source: Source
    ) -> None:
        first, second = slots
        source.between = lambda: make(second)
        make(first)
        assert (listed(first), listed(second)) == ([], ["alr_1", "alr_2"])

    def test_that_is_raised_while_a_list_is_made_goes_with_the_next(
        self, slots: list[Campaign], source: Source
    ) -> None:
        source.between = lambda: source.waiting.add("alr_3")
        for each in slots:
            make(each)
        assert [listed(each) for each in slots] == [["alr_1", "alr_2"], ["alr_3"]]


def test_a_slot_that_is_only_waiting_is_not_closed(source: Source) -> None:
    first, second = world.new_slot(), world.new_slot()
    campaigns.announce(first)
    campaigns.announce(second)  # one at a time: it waits for the first
    make_list(first, lambda _done: None)
    assert not list_exists(second)
    for each in (first, second):
        world.render(each)
