import threading
from collections.abc import Callable

import pytest

from aws.vault.cache import Cache
from aws.vault.flights import Flights, Renewals
from kernel.errors import Missing, Unavailable

WAIT_S = 10


class Watch:
    """A monotonic clock that a test turns by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def cache_of(
    watch: Watch, *, size_max: int = 3, renew: Callable[[str], None] = lambda key: None
) -> Cache[str, int]:
    return Cache(size_max=size_max, lifetime_s=100, renew=renew, monotonic=watch)


class TestCache:
    def test_keeps_the_most_recently_used(self) -> None:
        watch = Watch()
        cache = cache_of(watch)
        for number, key in enumerate("abc"):
            cache.put(key, number, read_at=watch())
        cache.get("a")
        cache.put("d", 3, read_at=watch())
        assert [cache.get(key) for key in "abcd"] == [0, None, 2, 3]
        assert len(cache) == 3

    def test_serves_nothing_after_its_lifetime(self) -> None:
        watch = Watch()
        cache = cache_of(watch)
        cache.put("a", 1, read_at=watch())
        watch.now_s += 99.9
        assert cache.get("a") == 1
        watch.now_s += 0.1
        assert cache.get("a") is None

    def test_counts_the_lifetime_from_the_start_of_the_reading(self) -> None:
        watch = Watch()
        cache = cache_of(watch)
        cache.put("a", 1, read_at=watch() - 60)
        watch.now_s += 40
        assert cache.get("a") is None

    def test_asks_for_a_renewal_once_before_the_end(self) -> None:
        watch = Watch()
        asked: list[str] = []
        cache = cache_of(watch, renew=asked.append)
        cache.put("a", 1, read_at=watch())
        watch.now_s += 69
        cache.get("a")
        assert asked == []
        watch.now_s += 12  # at 81 of 100
        assert [cache.get("a"), cache.get("a")] == [1, 1]
        assert asked == ["a"]

    def test_asks_again_where_the_renewal_did_not_come(self) -> None:
        watch = Watch()
        asked: list[str] = []
        cache = cache_of(watch, renew=asked.append)
        cache.put("a", 1, read_at=watch())
        for _ in range(2):
            watch.now_s += 81 if not asked else 10
            cache.get("a")
        assert asked == ["a", "a"]

    def test_forgets_what_it_is_told_to(self) -> None:
        watch = Watch()
        cache = cache_of(watch)
        cache.put("a", 1, read_at=watch())
        cache.drop("a")
        cache.drop("never there")
        assert cache.get("a") is None


class Slow:
    """A load that is held up until the test lets it go."""

    def __init__(self, *, fails_with: BaseException | None = None) -> None:
        self.calls: list[list[str]] = []
        self.started, self.may_end = threading.Event(), threading.Event()
        self._fails_with = fails_with

    def __call__(self, keys: list[str]) -> dict[str, int]:
        self.calls.append(keys)
        self.started.set()
        assert self.may_end.wait(WAIT_S)
        if self._fails_with:
            raise self._fails_with
        return {key: len(key) for key in keys if key != "nothing"}


def in_threads(
    count: int, work: Callable[[], object]
) -> tuple[list[threading.Thread], list[object]]:
    results: list[object] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            results.append(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, results


def together(count: int, slow: Slow, work: Callable[[], object]) -> list[object]:
    """What each of `count` threads got, all of them having asked before the load ended."""
    first, first_results = in_threads(1, work)
    assert slow.started.wait(WAIT_S)
    rest, results = in_threads(count - 1, work)
    for thread in rest:
        thread.join(0.2)  # they should be waiting by now, and one that is not has got its own
    slow.may_end.set()
    for thread in first + rest:
        thread.join(WAIT_S)
    return first_results + results


class TestFlights:
    def test_load_once_for_all_who_ask(self) -> None:
        slow, flights = Slow(), Flights[str, int]()
        results = together(4, slow, lambda: flights.fetch(["abc"], slow))
        assert results == [{"abc": 3}] * 4
        assert slow.calls == [["abc"]]

    def test_load_only_what_nobody_else_is_loading(self) -> None:
        slow, flights = Slow(), Flights[str, int]()
        (first,), first_results = in_threads(1, lambda: flights.fetch(["a", "bb"], slow))
        assert slow.started.wait(WAIT_S)
        (second,), results = in_threads(1, lambda: flights.fetch(["bb", "ccc"], slow))
        slow.may_end.set()
        first.join(WAIT_S)
        second.join(WAIT_S)
        assert (first_results, results) == ([{"a": 1, "bb": 2}], [{"bb": 2, "ccc": 3}])
        assert slow.calls == [["a", "bb"], ["ccc"]]

    def test_leave_out_what_does_not_exist(self) -> None:
        slow, flights = Slow(), Flights[str, int]()
        results = together(2, slow, lambda: flights.fetch(["a", "nothing"], slow))
        assert results == [{"a": 1}] * 2

    def test_tell_everyone_of_a_failure_and_load_anew_afterwards(self) -> None:
        slow, flights = Slow(fails_with=Missing("gone")), Flights[str, int]()
        results = together(3, slow, lambda: flights.fetch(["a"], slow))
        assert [str(error) for error in results] == ["gone"] * 3
        assert flights.fetch(["a"], lambda keys: {"a": 1}) == {"a": 1}

    @pytest.mark.parametrize("interruption", [KeyboardInterrupt(), TimeoutError()])
    def test_tell_the_waiting_to_try_again_when_the_leader_is_interrupted(
        self, interruption: BaseException
    ) -> None:
        slow, flights = Slow(fails_with=interruption), Flights[str, int]()
        leader, waiting = together(2, slow, lambda: flights.fetch(["a"], slow))
        assert leader is interruption
        assert isinstance(waiting, Unavailable)


class TestRenewals:
    def test_renew_what_was_asked_for_in_batches(self) -> None:
        batches: list[list[int]] = []
        done = threading.Event()

        def renew(keys: list[int]) -> None:
            if not batches:
                for key in range(1, 6):
                    renewals.ask(key)  # asked for while the first is under way
            batches.append(keys)
            if sum(map(len, batches)) == 6:
                done.set()

        renewals = Renewals(renew, batch_max=3)
        renewals.ask(0)
        assert done.wait(WAIT_S)
        assert batches == [[0], [1, 2, 3], [4, 5]]

    def test_go_on_after_a_failure(self) -> None:
        renewed: list[str] = []
        done = threading.Event()

        def renew(keys: list[str]) -> None:
            if keys == ["bad"]:
                raise Unavailable
            renewed.extend(keys)
            done.set()

        renewals = Renewals(renew)
        renewals.ask("bad")
        renewals.ask("good")
        assert done.wait(WAIT_S)
        assert renewed == ["good"]
