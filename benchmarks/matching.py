"""Pending becomes posted: how many of the matches are right, and how many true pairs are found.

Labelled cases (`benchmarks/matching_cases`) in whole account months, played file by file; beside
the matcher a naive one on the same cases. Weights and thresholds were tuned on the seeds 1 to 3;
another seed is reported. `python -m benchmarks.matching --seed 1 --cases 1000` plays a seed and
shows its figures without writing them.
"""

import argparse
from collections.abc import Iterator

from benchmarks.figures import Figure, show
from benchmarks.matching_cases import KINDS, months, read_town
from benchmarks.matching_replay import Played, Score, naive, play
from benchmarks.place import Place, data_file
from txhub.domain.matching import match

CASES = 10_000  # of each kind, and as many decoys
SEED = 20_250_611
_AIMS = {"precision": ">= 0.999", "recall": ">= 0.98"}


def run(_place: Place) -> list[Figure]:
    """The matcher is pure, so it needs no place. Raises `DataMissing`."""
    return list(_figures(SEED, CASES))


def _figures(seed: int, cases: int) -> Iterator[Figure]:
    ours, naively = _played(seed, cases)
    how = f"{cases:,} cases of each kind with a decoy each, seed {seed}"
    yield from _rates("", ours.overall, f"{how}; doubtful matches count as made", aimed=True)
    yield from _rates("baseline_", naively.overall, f"{how}; same amount within 7 days, first come")
    for kind in KINDS:
        yield from _rates("", ours.scores[kind], "", kind=f"_{kind}")
        yield from _rates("baseline_", naively.scores[kind], "", kind=f"_{kind}")
    yield from _doubt(ours.overall)
    yield from _speed(ours)


def _played(seed: int, cases: int) -> tuple[Played, Played]:
    town = read_town(
        data_file("birmingham_pcard.csv.gz"),
        data_file("online_retail.csv.gz"),
        data_file("simulated_card_transactions.csv.gz"),
    )
    ours, naively = Played(), Played()
    print(f"  {cases:,} cases of each of {len(KINDS)} kinds ...", flush=True)
    for account in months(town, seed, cases):
        play(account, match, ours)
        play(account, naive, naively)
    return ours, naively


def _rates(
    whose: str, score: Score, how: str, *, kind: str = "", aimed: bool = False
) -> Iterator[Figure]:
    for name, value, part, whole in (
        ("precision", score.precision, score.right, score.made),
        ("recall", score.recall, score.right, score.true),
    ):
        yield Figure(
            name=f"{whose}{name}{kind}",
            value=value,
            unit="share",
            aim=_AIMS[name] if aimed else None,
            how=f"{part:,} of {whole:,}" + (f"; {how}" if how else ""),
        )


def _doubt(score: Score) -> Iterator[Figure]:
    sure, right_sure = score.made - score.doubtful, score.right - score.right_doubtful
    for name, part, whole, how in (
        ("doubtful_share", score.doubtful, score.made, "matches marked for a person to look at"),
        ("precision_doubtful", score.right_doubtful, score.doubtful, "of these"),
        ("precision_sure", right_sure, sure, "of all others"),
    ):
        value = part / whole if whole else 0.0
        yield Figure(name=name, value=value, unit="share", how=f"{part:,} of {whole:,}; {how}")


def _speed(played: Played) -> Iterator[Figure]:
    how = f"{played.postings:,} postings in {played.seconds:.0f} s of processor time, one core"
    rate = played.postings / played.seconds
    yield Figure(name="postings_per_s_core", value=rate, unit="postings/s", how=how)
    how = "a posting with each open candidate of its account, compared or passed over"
    rate = played.pairs / played.seconds
    yield Figure(name="pairs_per_s_core", value=rate, unit="pairs/s", how=how)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m benchmarks.matching")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--cases", type=int, default=1_000)
    options = asked.parse_args()
    show("matching", list(_figures(options.seed, options.cases)))
