"""Which pairs are weighed at all, so that a large group costs what its look-alikes cost.

A pair must share something that makes it likely: an authorisation code, an amount, or the beginning
of a word of the name where the amount may be another (a tip, a hold, a rate).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from txhub.domain.matching.features import Features
from txhub.domain.matching.merchants import skeleton_of
from txhub.domain.matching.trades import Trade
from txhub.domain.matching.values import Candidate

_Key = tuple[str, str | int]
_KEY_LETTERS = 3
_NEAR_MINOR = 2  # that an amount may be off by and still be found
# Of more look-alikes than this, those nearest in time are weighed.
LOOK_ALIKES_MAX = 200


class Index:
    """Candidates by what a posting may share with them; they are called by their positions."""

    def __init__(self, candidates: Sequence[Candidate], held: Sequence[Features]) -> None:
        self._held = held
        self._positions: dict[_Key, list[int]] = defaultdict(list)
        for position, candidate in enumerate(candidates):
            for key in _keys_of_candidate(candidate, held[position]):
                self._positions[key].append(position)

    def like(self, posting: Features) -> list[int]:
        """Those that may be settled by the posting."""
        return self._nearest(posting, _keys_of_posting(posting))

    def named_like(self, posting: Features) -> list[int]:
        """Those at a merchant that may be the posting's, whatever the amounts."""
        return self._nearest(posting, _words("name", posting))

    def _nearest(self, posting: Features, keys: Iterable[_Key]) -> list[int]:
        found = {position for key in keys for position in self._positions.get(key, ())}
        if len(found) > LOOK_ALIKES_MAX:
            nearest = sorted(found, key=lambda position: (self._days(position, posting), position))
            found = set(nearest[:LOOK_ALIKES_MAX])
        return sorted(found)

    def _days(self, position: int, posting: Features) -> int:
        return abs((self._held[position].day - posting.day).days)


def _keys_of_candidate(candidate: Candidate, held: Features) -> Iterator[_Key]:
    if held.auth_code:
        yield "code", held.auth_code
    yield from held.sums.items()
    if candidate.captured_minor:
        yield held.home, candidate.rest_minor
    yield from _words("name", held)
    if held.trade is not Trade.OTHER or len(held.sums) > 1:
        yield from _words("name, any amount", held)


def _keys_of_posting(posting: Features) -> Iterator[_Key]:
    if posting.auth_code:
        yield "code", posting.auth_code
    for currency, minor in posting.sums.items():
        for near in range(minor - _NEAR_MINOR, minor + _NEAR_MINOR + 1):
            yield currency, near
    stated = posting.transaction.authorised_amount
    if stated:
        yield stated.currency, abs(stated.minor)
    yield from _words("name" if len(posting.sums) > 1 else "name, any amount", posting)


def _words(kind: str, features: Features) -> Iterator[_Key]:
    for word in features.name.words:
        yield kind, skeleton_of(word)[:_KEY_LETTERS]
