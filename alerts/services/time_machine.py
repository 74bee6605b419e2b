"""The time machine: what other settings of a rule would have done in the last days.

It reads the transactions themselves, and knows of each account all that was before. Accounts come
in the order of DynamoDB's scan, which is as good as by chance: so of a large bank the first ones
are a fair sample.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice

import structlog

from alerts.domain.alerts import Feedback
from alerts.domain.replaying import Found, replay
from alerts.domain.replays import Replay, ReplayStatus, Sample, Tally
from alerts.domain.rulebook import Answers
from alerts.domain.rules import BadSetting, Rule, Settings
from alerts.repository import ALERT_REPOSITORY
from alerts.repository.replays import REPLAY_REPOSITORY
from alerts.rules import rule_named
from alerts.services.observing import fact_of
from alerts.services.raising import alert_id
from alerts.services.rulebook import read_rule_book, version_of
from aws.metrics import use_case
from kernel.clock import Clock, utc_now
from kernel.ids import random_id
from txhub.public import Account, accounts, transactions_since

log = structlog.get_logger(__name__)
DAYS_MAX = 180
ACCOUNTS_MAX = 5_000
SAMPLES = 12
# So much before the first day is known of each account.
_BEFORE = timedelta(days=400)


def ask(rule: Rule, number: int, days: int, by: str, *, clock: Clock = utc_now) -> Replay:
    """A replay that waits to be run. Raises `BadSetting`, `VersionMissing`."""
    if not 1 <= days <= DAYS_MAX:
        raise BadSetting(f"from 1 to {DAYS_MAX} days, please")
    version_of(rule, number)
    asked = Replay(
        replay_id=random_id("rpl"),
        rule=rule.name,
        number=number,
        days=days,
        asked_by=by,
        asked_at=clock(),
    )
    REPLAY_REPOSITORY.save(asked)
    return asked


@use_case("alerts.replay")
def run(rule_name: str, replay_id: str) -> Replay:
    """Runs it, and keeps what it found; one that is done stays as it is."""
    asked = REPLAY_REPOSITORY.find(rule_name, replay_id)
    if asked.status is ReplayStatus.DONE:
        return asked
    rule = rule_named(rule_name)
    tried = rule.defaults | dict(version_of(rule, asked.number).values)
    in_force = read_rule_book(asked.asked_at).settings(rule)
    first = asked.asked_at - timedelta(days=asked.days)
    count = _Count(tried=_Side(tried), in_force=_Side(in_force), customers=set())
    for account in islice(accounts(), ACCOUNTS_MAX + 1):
        if count.accounts == ACCOUNTS_MAX:
            count.is_sample = True
            break
        _play(account, rule, first, count)
    done = replace(
        asked,
        status=ReplayStatus.DONE,
        accounts=count.accounts,
        customers=len(count.customers),
        transactions=count.transactions,
        tried=count.tried.tally(),
        in_force=count.in_force.tally(),
        samples=tuple(count.tried.samples),
        is_sample=count.is_sample,
    )
    REPLAY_REPOSITORY.save(done)
    log.info("rule_replayed", rule=rule.name, replay=replay_id, alerts=done.tried.alerts)
    return done


@dataclass(slots=True)
class _Side:
    """What one set of settings finds."""

    settings: Settings
    by_day: Counter[str] = field(default_factory=Counter)
    accounts: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    said: Counter[Feedback] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)

    def add(self, account: Account, found: list[Found]) -> None:
        for each in found:
            self.by_day[each.fact.date.isoformat()] += 1
            if len(self.samples) < SAMPLES:
                ids = (each.fact.transaction_id, *each.finding.others)
                self.samples.append(
                    Sample(
                        account_id=account.account_id,
                        transaction_ids=ids,
                        reason=each.finding.reason,
                    )
                )
        if found:
            self.accounts.add(account.account_id)
            self.customers.update(account.owners)
            self.said.update(_said(account, found))

    def tally(self) -> Tally:
        return Tally(
            by_day=dict(sorted(self.by_day.items())),
            accounts=len(self.accounts),
            customers=len(self.customers),
            answers=Answers(
                helpful=self.said[Feedback.HELPFUL],
                not_helpful=self.said[Feedback.NOT_HELPFUL],
            ),
        )


@dataclass(slots=True, kw_only=True)
class _Count:
    tried: _Side
    in_force: _Side
    customers: set[str]
    accounts: int = 0
    transactions: int = 0
    is_sample: bool = False


def _play(account: Account, rule: Rule, first: datetime, count: _Count) -> None:
    since = int(first.timestamp())
    facts = [fact_of(stored, seen=first) for stored in transactions_since(account, _floor(first))]
    count.accounts += 1
    count.customers.update(account.owners)
    count.transactions += sum(fact.at >= since for fact in facts)
    for side in (count.tried, count.in_force):
        side.add(account, list(replay(facts, [(rule, side.settings)], since=since)))


def _floor(first: datetime) -> date:
    return (first - _BEFORE).date()


def _said(account: Account, found: list[Found]) -> Iterator[Feedback]:
    """What owners said of those of the alerts that they really got."""
    names = {
        (owner, alert_id(owner, each.rule.name, each.fact.transaction_id))
        for owner in account.owners
        for each in found
    }
    for alert in ALERT_REPOSITORY.find_many(names):
        if alert.feedback is not None:
            yield alert.feedback
