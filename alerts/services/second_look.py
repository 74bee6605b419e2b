"""A second look at new and changed transactions.

    unite    what is heard with the account's profile: the same whatever came when, how often
    look     at every live fact that it bears on (`alerts.domain.looking`, pure)
    keep     the profile, with what was raised; conditional on the version that was read
    tell     alerts are written as the kept profile has them. Whoever dies in between is followed by
             somebody who is given the same, comes to the same, and tells it

One read and one write an account, however many of its transactions are given at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field

from alerts.domain.facts import Fact
from alerts.domain.looking import Decision, Owner, live_after, look
from alerts.domain.preferences import Preferences
from alerts.domain.rules import Settings
from alerts.metrics import ALERTS, RuleLabels
from alerts.repository import (
    ALERT_REPOSITORY,
    PREFERENCE_REPOSITORY,
    PROFILE_REPOSITORY,
    StoredProfile,
)
from alerts.services.raising import alert_of
from alerts.services.rulebook import RuleBook, rule_book
from aws.metrics import use_case
from aws.vault import vault
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Unavailable
from txhub.public import AccountId, CustomerId, owners_of, subject_of

Heard = Mapping[AccountId, Sequence[Fact]]
_ATTEMPTS_MAX = 5
# Accounts that are written at once: they mostly wait for DynamoDB.
_PARALLEL = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """What came of an account. `wanted`: how each of its owners wants to be told."""

    before: StoredProfile
    after: StoredProfile
    decisions: Sequence[Decision] = field(repr=False)
    wanted: Mapping[CustomerId, Preferences]


class SecondLook:
    """Looks at what is heard of accounts and tells their owners. Doing it again changes nothing.

    `tells` is False for a rebuild: then profiles learn, and nobody is told.
    """

    def __init__(self, *, tells: bool = True, clock: Clock = utc_now) -> None:
        self._tells, self._clock = tells, clock
        self._pool = ThreadPoolExecutor(_PARALLEL, thread_name_prefix="second-look")

    @use_case("alerts.second_look")
    def take(self, heard: Heard) -> None:
        """Raises `Unavailable`; then some of it may be done, and all must be given again."""
        left = heard
        for _attempt in range(_ATTEMPTS_MAX):
            lost = self._settle(self._look(left)) if left else []
            if not lost:
                return
            left = {account_id: heard[account_id] for account_id in lost}
        raise Unavailable("others keep looking at the same accounts", retry_after_s=1)

    def _look(self, heard: Heard) -> list[_Looked]:
        book = rule_book(self._clock)
        vault().prepare(map(subject_of, heard))
        stored = PROFILE_REPOSITORY.find_many(heard)
        united = {each: stored[each].profile.united_with(facts) for each, facts in heard.items()}
        live = {each: live_after(united[each], facts) for each, facts in heard.items()}
        wanted = _wanted([each for each, places in live.items() if places and self._tells])
        looked = []
        for account_id, profile in united.items():
            wishes = wanted.get(account_id, {})
            owners = [_owner(each, book) for each in wishes.values()]
            decisions = look(profile, live[account_id], book.applied, owners) if owners else []
            before = stored[account_id]
            after = before.followed_by(profile.kept([each.raised for each in decisions]))
            looked.append(_Looked(before=before, after=after, decisions=decisions, wanted=wishes))
        return looked

    def _settle(self, looked: Sequence[_Looked]) -> list[AccountId]:
        """The accounts that somebody else has changed meanwhile."""
        book = rule_book(self._clock)
        writing = [each for each in looked if each.after is not each.before or each.decisions]
        shares = [writing[number::_PARALLEL] for number in range(min(_PARALLEL, len(writing)))]
        if len(shares) == 1:
            return self._keep_and_tell_all(shares[0], book)
        contexts = [copy_context() for _share in shares]
        lost = self._pool.map(
            lambda context, share: context.run(self._keep_and_tell_all, share, book),
            contexts,
            shares,
        )
        return [account_id for each in lost for account_id in each]

    def _keep_and_tell_all(self, share: Sequence[_Looked], book: RuleBook) -> list[AccountId]:
        return [each.before.account_id for each in share if not self._keep_and_tell(each, book)]

    def _keep_and_tell(self, looked: _Looked, book: RuleBook) -> bool:
        try:
            if looked.after is not looked.before:
                PROFILE_REPOSITORY.replace(looked.before, looked.after)
        except Conflict:
            return False
        for decision in looked.decisions:
            self._tell(decision, looked, book)
        return True

    def _tell(self, decision: Decision, looked: _Looked, book: RuleBook) -> None:
        raised = decision.raised
        owner = CustomerId(raised.customer_id)
        alert = alert_of(
            decision,
            looked.after,
            looked.wanted.get(owner) or Preferences(customer_id=owner),
            settings=book.number(raised.rule),
            now=self._clock(),
        )
        if ALERT_REPOSITORY.decide(alert):
            ALERTS.add(RuleLabels(raised.rule, "raised" if raised.stands else "taken_back"))


def _wanted(account_ids: Iterable[AccountId]) -> dict[AccountId, dict[CustomerId, Preferences]]:
    """What the owners of these accounts want."""
    ids = list(account_ids)
    owners = owners_of(ids) if ids else {}
    preferences = PREFERENCE_REPOSITORY.find_many({one for each in owners.values() for one in each})
    return {
        account_id: {one: preferences[one] for one in sorted(each)}
        for account_id, each in owners.items()
    }


def _owner(preferences: Preferences, book: RuleBook) -> Owner:
    if not preferences.kinds:
        return Owner(customer_id=preferences.customer_id, settings=book.bank)
    settings: dict[str, Settings] = {}
    for name, bank in book.bank.items():
        wish = preferences.of(name)
        if wish.channels:
            settings[name] = {**bank, **wish.settings} if wish.settings else bank
    return Owner(customer_id=preferences.customer_id, settings=settings)
