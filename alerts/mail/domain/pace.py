"""How fast one process hands messages over: a little faster each second, half as fast when the
transport throttles. Processes do not talk about it: each finds its share, as TCP does."""

from dataclasses import dataclass

_FASTER_S = 0.02  # of the highest rate, in each second
_SLOWER = 0.5
_RATE_MIN_S = 0.5
_ONE_SLOWDOWN_S = 1.0  # messages under way when it throttled are throttled too


@dataclass(slots=True)
class Pace:
    """Times are seconds of one clock, whichever."""

    rate_max_s: float
    rate_s: float = 0.0
    next_at: float = 0.0
    slowed_at: float = float("-inf")

    def __post_init__(self) -> None:
        self.rate_s = self.rate_s or self.rate_max_s

    def turn(self, now: float) -> float:
        """Takes the next turn; when it comes."""
        at = max(now, self.next_at)
        self.next_at = at + 1 / self.rate_s
        return at

    def taken(self) -> None:
        self.rate_s = min(self.rate_max_s, self.rate_s + _FASTER_S * self.rate_max_s / self.rate_s)

    def throttled(self, now: float) -> None:
        if now - self.slowed_at < _ONE_SLOWDOWN_S:
            return
        self.slowed_at = now
        self.rate_s = max(_RATE_MIN_S, self.rate_s * _SLOWER)
        self.next_at = max(self.next_at, now + 1 / self.rate_s)
