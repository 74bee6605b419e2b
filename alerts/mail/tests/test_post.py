"""How fast messages are handed over, against a transport that throttles; nothing sleeps."""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from alerts.mail.domain.outcomes import Outcome, Verdict
from alerts.mail.domain.pace import Pace
from alerts.mail.repository.files import Rendered
from alerts.mail.services.post import PostOffice


@dataclass
class Clock:
    """Sleeping moves it."""

    at: float = 0.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += max(0.0, seconds)


@dataclass
class Throttling:
    """Takes so many in each second of the clock."""

    clock: Clock
    per_s: int
    taken: Counter[int] = field(default_factory=Counter)
    refused: int = 0

    def send(self, mail: Rendered) -> Outcome:
        second = int(self.clock.at)
        if self.taken[second] >= self.per_s:
            self.refused += 1
            return Outcome(verdict=Verdict.THROTTLED, reason="too many")
        self.taken[second] += 1
        return Outcome(verdict=Verdict.ACCEPTED, provider_id=mail.mail_id)


def mails(number: int) -> list[Rendered]:
    return [Rendered(mail_id=str(each), customer_id=str(each)) for each in range(number)]


@pytest.fixture
def clock(settings: object) -> Clock:
    settings.MAIL = {"connections": 1}  # type: ignore[attr-defined]  # the clock knows one thread
    return Clock()


def office(clock: Clock, transport: Throttling, rate_max_s: float) -> PostOffice:
    pace = Pace(rate_max_s=rate_max_s)
    return PostOffice(transport=transport, pace=pace, now=clock.now, sleep=clock.sleep)


class TestThePace:
    def test_is_kept(self, clock: Clock) -> None:
        transport = Throttling(clock, per_s=1000)
        office(clock, transport, 50).send_all(mails(100), patience_s=60)
        assert clock.at == pytest.approx(2.0, abs=0.1)

    def test_finds_what_the_transport_takes(self, clock: Clock) -> None:
        transport = Throttling(clock, per_s=20)
        outcomes = office(clock, transport, 200).send_all(mails(1200), patience_s=600)
        assert {each.verdict for each in outcomes} == {Verdict.ACCEPTED}
        assert sum(transport.taken.values()) == 1200
        assert 1200 / clock.at > 0.5 * transport.per_s
        assert transport.refused < 0.2 * 1200

    def test_halves_once_a_second_however_many_are_throttled(self) -> None:
        pace = Pace(rate_max_s=100)
        for _ in range(10):
            pace.throttled(5.0)
        assert pace.rate_s == 50
        pace.throttled(6.1)
        assert pace.rate_s == 25

    def test_never_stands_still_and_never_exceeds(self) -> None:
        pace = Pace(rate_max_s=10)
        for second in range(50):
            pace.throttled(2.0 * second)
        assert pace.rate_s == 0.5
        for _ in range(5_000):
            pace.taken()
        assert pace.rate_s == 10


class TestPatience:
    def test_ends_and_says_that_nothing_was_taken(self, clock: Clock) -> None:
        transport = Throttling(clock, per_s=0)
        outcomes = office(clock, transport, 100).send_all(mails(3), patience_s=5)
        assert {each.verdict for each in outcomes} == {Verdict.NOT_TAKEN}
        assert clock.at <= 5


class TestOutcomes:
    def test_come_in_the_order_of_the_mails(self, clock: Clock) -> None:
        transport = Throttling(clock, per_s=1000)
        outcomes = office(clock, transport, 1000).send_all(mails(9), patience_s=60)
        assert [each.provider_id for each in outcomes] == [str(each) for each in range(9)]
