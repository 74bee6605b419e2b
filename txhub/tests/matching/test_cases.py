"""The labelled cases of `make bench B=matching`, on an invented town."""

import ast
from datetime import date, time
from pathlib import Path
from random import Random
from string import ascii_lowercase

import pytest

import benchmarks.matching_cases as cases
from benchmarks.matching_cases import KINDS, Account, Town, months
from benchmarks.matching_cases.town import Shop
from benchmarks.matching_replay import Played, naive, play
from txhub.domain.matching import match

TRADES = ("4121", "5411", "5541", "5812", "5814", "5942", "5999", "7011", "7230", "7512")
SHOPS_OF_A_TRADE = 8


def invented_town() -> Town:
    rng = Random("town")  # noqa: S311 - prices, not secrets
    shops = [
        Shop(
            "".join(rng.choices(ascii_lowercase, k=9)),
            mcc,
            tuple(rng.randrange(300, 9_000) for _ in range(40)),
        )
        for mcc in TRADES * SHOPS_OF_A_TRADE
    ]
    by_mcc = {mcc: [shop for shop in shops if shop.mcc == mcc] for mcc in TRADES}
    return Town(
        cards=[rng.sample(shops, 30) for _ in range(5)],
        by_mcc={**dict.fromkeys(("5399", "5651", "5734", "5943"), by_mcc["5942"]), **by_mcc},
        abroad=[
            Shop("alpenblick", "5812", (4_500, 5_250), "FR", "EUR"),
            Shop("blue mesa", "5812", (3_300, 6_100), "US", "USD"),
        ],
        orders=[[rng.randrange(200, 4_000) for _ in range(6)] for _ in range(20)],
        times=[time(hour, 17) for hour in range(8, 22)],
    )


def an_account(seed: int = 1) -> Account:
    rng = Random(seed)  # noqa: S311
    return Account(town=invented_town(), rng=rng, first_day=date(2025, 1, 6))


class TestKinds:
    @pytest.mark.parametrize("kind", KINDS)
    def test_makes_true_pairs_and_as_many_decoys(self, kind: str) -> None:
        for seed in range(20):
            account = an_account(seed)
            account.kind = kind
            KINDS[kind](account)
            settled = {true.key for true in account.settles.values()}
            never_cleared = [each for each in account.authorisations if each.key not in settled]
            never_asked = len(account.clearings) - len(account.settles)
            each_others = len(settled) - 1  # pairs that look like another one
            assert settled
            assert len(never_cleared) + never_asked + each_others >= 1
            assert {account.kind_of[each.key] for each in account.clearings} == {kind}

    @pytest.mark.parametrize("kind", KINDS)
    def test_clears_nothing_before_it_is_authorised_or_after_it_has_lapsed(self, kind: str) -> None:
        for seed in range(20):
            account = an_account(seed)
            KINDS[kind](account)
            for clearing in account.clearings:
                true = account.settles.get(clearing.key)
                if true is not None:
                    assert true.at.date() < clearing.booked
                    assert clearing.booked.weekday() < 5

    def test_is_described_with_its_decoy(self) -> None:
        for kind in KINDS.values():
            assert "ecoy" in (kind.__doc__ or "")


class TestMonths:
    def test_are_the_same_for_the_same_seed(self) -> None:
        town = invented_town()
        one, same, other = (
            [account.clearings for account in months(town, seed, 6)] for seed in (7, 7, 8)
        )
        assert one == same
        assert one != other

    def test_hold_so_many_cases_of_each_kind(self) -> None:
        accounts = list(months(invented_town(), 7, 6))
        kinds = [kind for account in accounts for kind in account.kind_of.values()]
        assert set(kinds) == set(KINDS)
        assert kinds.count("cent") == 6


class TestPlay:
    def test_finds_the_matcher_right_far_oftener_than_the_naive_one(self) -> None:
        ours, naively = Played(), Played()
        for account in months(invented_town(), 7, 30):
            play(account, match, ours)
            play(account, naive, naively)
        assert ours.overall.true == naively.overall.true > 13 * 30
        assert ours.overall.precision > 0.98 > naively.overall.precision
        assert ours.overall.recall > 0.9 > naively.overall.recall


def test_cases_know_nothing_of_the_hub() -> None:
    for path in Path(*cases.__path__).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [each.name for each in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in modules if name.startswith(("txhub", "kernel"))], path
