"""All likely pairs of a group of postings, with their weights."""

from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence

from txhub.domain.matching.evidence import Weighed, weigh
from txhub.domain.matching.features import Features
from txhub.domain.matching.pairing import Index
from txhub.domain.matching.parts import complete_set
from txhub.domain.matching.values import Candidate

Position = int  # of a posting, or of a candidate, in the order they were given
Pairs = dict[tuple[Position, Position], Weighed]

# A loose part below this is another merchant's, or too late.
_LOOSE_DB = -12
# Nearly every posting was authorised: one that nothing explains is rather a part of the one order
# at its merchant than a stranger.
_UNEXPLAINED_DB = 8


def likely_pairs(
    postings: Sequence[Features],
    candidates: Sequence[Candidate],
    held: Sequence[Features],
    explained_db: int,
) -> Pairs:
    """Pairs that are likelier true than not. `held`: the features of the candidates.

    `explained_db`: from this weight on a posting is not looked upon as a loose part.
    """
    index = Index(candidates, held)
    pairs: Pairs = {}
    for posting, features in enumerate(postings):
        for candidate in index.like(features):
            weighed = weigh(candidates[candidate], held[candidate], features)
            if weighed and weighed.weight_db > 0 and not weighed.loose:
                pairs[posting, candidate] = weighed
    explained = {pair[0] for pair, each in pairs.items() if each.weight_db >= explained_db}
    loose = _loose(postings, candidates, held, index, explained)
    orders = Counter(posting for parts in loose.values() for posting in parts)
    for candidate, parts in loose.items():
        for posting, part in parts.items():
            if orders[posting] == 1 and part.weight_db + _UNEXPLAINED_DB > 0:
                pairs[posting, candidate] = _heavier(part, _UNEXPLAINED_DB)
        pairs |= _complete(candidate, candidates[candidate].rest_minor, parts)
    return pairs


def _loose(
    postings: Sequence[Features],
    candidates: Sequence[Candidate],
    held: Sequence[Features],
    index: Index,
    explained: Container[Position],
) -> dict[Position, dict[Position, Weighed]]:
    """By candidate, what may be a part of it and is nothing else."""
    loose: dict[Position, dict[Position, Weighed]] = defaultdict(dict)
    for posting, features in enumerate(postings):
        for candidate in () if posting in explained else index.named_like(features):
            weighed = weigh(candidates[candidate], held[candidate], features)
            if weighed and weighed.loose and weighed.weight_db > _LOOSE_DB:
                loose[candidate][posting] = weighed
    return loose


def _complete(candidate: Position, rest_minor: int, parts: Mapping[Position, Weighed]) -> Pairs:
    """Loose parts that together make up what is left of an order."""
    taken = {posting: parts[posting].taken_minor or 0 for posting in parts}
    postings, worth_db = complete_set(rest_minor, taken)
    return {(posting, candidate): _heavier(parts[posting], worth_db) for posting in postings}


def _heavier(part: Weighed, by_db: int) -> Weighed:
    return part._replace(weight_db=part.weight_db + by_db, loose=False)
