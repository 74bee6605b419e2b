"""What a customer wants to be alerted to, how, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo

from alerts.domain.alerts import Channel
from kernel.errors import Refused
from txhub.domain.entities import CustomerId

_DAY = timedelta(days=1)
# In less there might never be a moment for an e-mail.
LEFT_LEAST = timedelta(hours=1)
# E-mail is chosen, never imposed.
BY_DEFAULT = frozenset({Channel.INBOX})


class BadPreferences(Refused):
    """These preferences do not make sense."""

    code = "bad_preferences"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindPreference:
    """One kind of alert. `channels`: none switches it off. `settings`: the customer's own values
    of the rule's parameters."""

    channels: frozenset[Channel] = BY_DEFAULT
    settings: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """No e-mail from `begin` until `end`, by the clock of the bank; over midnight where `end` is
    the earlier one."""

    begin: time
    end: time

    def __post_init__(self) -> None:
        if self.begin == self.end:
            raise BadPreferences("quiet hours begin and end at different times")

    @property
    def leave(self) -> timedelta:
        """How much of the day is not quiet."""
        begin, end = (timedelta(hours=at.hour, minutes=at.minute) for at in (self.begin, self.end))
        return (begin - end) % _DAY

    def over_at(self, now: datetime, zone: tzinfo) -> datetime | None:
        """When they are over, where `now` lies within them."""
        local = now.astimezone(zone)
        clock = local.time()
        over_midnight = self.begin > self.end
        if over_midnight:
            within = clock >= self.begin or clock < self.end
        else:
            within = self.begin <= clock < self.end
        if not within:
            return None
        day = local.date() + timedelta(days=1 if over_midnight and clock >= self.begin else 0)
        return datetime.combine(day, self.end, tzinfo=zone).astimezone(now.tzinfo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """`kinds` holds what differs from the default. `digest`: alerts by e-mail come together, once
    a day. `version` 0: the customer has never chosen."""

    customer_id: CustomerId
    kinds: Mapping[str, KindPreference] = field(default_factory=dict)
    quiet: QuietHours | None = None
    digest: bool = False
    version: int = 0

    def quiet_until(
        self, now: datetime, zone: tzinfo, *, ahead: timedelta = timedelta(0)
    ) -> datetime | None:
        """When the quiet hours are over that it is now, or `ahead` of now; None where it is not."""
        if self.quiet is None:
            return None
        return self.quiet.over_at(now, zone) or self.quiet.over_at(now + ahead, zone)

    @property
    def wants_mail(self) -> bool:
        return any(Channel.EMAIL in each.channels for each in self.kinds.values())

    def of(self, kind: str) -> KindPreference:
        return self.kinds.get(kind, _DEFAULT)

    def notify(self, kind: str) -> tuple[Channel, ...]:
        """Where to tell of an alert of this kind."""
        chosen = self.of(kind).channels
        if self.digest and Channel.EMAIL in chosen:
            chosen = (chosen - {Channel.EMAIL}) | {Channel.DIGEST}
        return tuple(sorted(chosen))


_DEFAULT = KindPreference()
