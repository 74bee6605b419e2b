"""Two holders, one clock. `test_idempotency_histories.py` tries every history."""

import pytest

from aws import idempotency
from aws.dynamodb import Put, transact
from aws.idempotency import (
    Claim,
    ClaimLost,
    Done,
    InProgress,
    Operation,
    PayloadMismatch,
    Records,
    claim,
    finish,
    finishing,
    once,
    release,
    renew,
)
from aws.tests.holders import KEEP_S, LEASE_S, FakeClock, an_operation
from kernel.errors import Conflict, Unavailable
from kernel.ids import random_id


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def _claimed(operation: Operation, clock: FakeClock) -> Claim:
    claimed = claim(operation, clock=clock)
    assert isinstance(claimed, Claim)
    return claimed


class TestClaim:
    def test_is_won_by_the_first(self, clock: FakeClock) -> None:
        operation = an_operation()
        _claimed(operation, clock)
        with pytest.raises(InProgress) as caught:
            claim(operation, clock=clock)
        assert caught.value.retry_after_s == LEASE_S + 1

    def test_is_not_shared_between_owners_or_scopes(self, clock: FakeClock) -> None:
        key = random_id("try")
        _claimed(an_operation(key=key), clock)
        bobs = Operation(scope="try", owner="bob", key=key, payload=b"other", subject=None)
        elsewhere = Operation(scope="b", owner="alice", key=key, payload=b"other", subject=None)
        _claimed(bobs, clock)
        _claimed(elsewhere, clock)

    def test_is_taken_over_after_the_lease_and_not_before(self, clock: FakeClock) -> None:
        operation = an_operation()
        dead = _claimed(operation, clock)
        clock.forward(LEASE_S)
        with pytest.raises(InProgress):
            claim(operation, clock=clock)
        clock.forward(1)
        heir = _claimed(operation, clock)
        assert heir.token != dead.token

    def test_is_refused_for_another_payload(self, clock: FakeClock) -> None:
        key = random_id("try")
        mine = _claimed(an_operation(b"one", key), clock)
        for _state in ("in progress", "abandoned", "done"):
            with pytest.raises(PayloadMismatch):
                claim(an_operation(b"two", key), clock=clock)
            clock.forward(LEASE_S + 1)
            if _state == "abandoned":
                finish(mine, b"", clock=clock)

    def test_starts_over_once_the_record_is_forgotten(self, clock: FakeClock) -> None:
        key = random_id("try")
        finish(_claimed(an_operation(b"one", key), clock), b"result", clock=clock)
        clock.forward(KEEP_S)
        assert claim(an_operation(b"one", key), clock=clock) == Done(b"result")
        clock.forward(1)
        _claimed(an_operation(b"two", key), clock)

    def test_is_kept_by_renewing(self, clock: FakeClock) -> None:
        operation = an_operation()
        mine = _claimed(operation, clock)
        clock.forward(LEASE_S)
        renew(mine, clock=clock)
        clock.forward(LEASE_S)
        with pytest.raises(InProgress):
            claim(operation, clock=clock)

    def test_can_be_given_back(self, clock: FakeClock) -> None:
        operation = an_operation()
        release(_claimed(operation, clock))
        _claimed(operation, clock)

    def test_that_was_taken_over_cannot_be_given_back_or_renewed(self, clock: FakeClock) -> None:
        operation = an_operation()
        dead = _claimed(operation, clock)
        clock.forward(LEASE_S + 1)
        heir = _claimed(operation, clock)
        release(dead)
        with pytest.raises(ClaimLost):
            renew(dead, clock=clock)
        finish(heir, b"heir's", clock=clock)


class TestFinish:
    def test_gives_the_result_to_whoever_asks_again(self, clock: FakeClock) -> None:
        operation = an_operation()
        finish(_claimed(operation, clock), b"result", clock=clock)
        assert claim(operation, clock=clock) == Done(b"result")

    def test_of_the_old_holder_loses_on_the_token(self, clock: FakeClock) -> None:
        operation = an_operation()
        dead = _claimed(operation, clock)
        clock.forward(LEASE_S + 1)
        heir = _claimed(operation, clock)
        with pytest.raises(ClaimLost):
            finish(dead, b"late", clock=clock)
        finish(heir, b"right", clock=clock)
        with pytest.raises(ClaimLost):
            finish(dead, b"later still", clock=clock)
        assert claim(operation, clock=clock) == Done(b"right")

    def test_after_the_lease_counts_while_nobody_took_over(self, clock: FakeClock) -> None:
        operation = an_operation()
        mine = _claimed(operation, clock)
        clock.forward(LEASE_S * 3)
        finish(mine, b"slow", clock=clock)
        assert claim(operation, clock=clock) == Done(b"slow")

    def test_twice_is_as_good_as_once(self, clock: FakeClock) -> None:
        operation = an_operation()
        mine = _claimed(operation, clock)
        finish(mine, b"result", clock=clock)
        finish(mine, b"result", clock=clock)
        assert claim(operation, clock=clock) == Done(b"result")

    def test_stores_a_personal_result_sealed(self, clock: FakeClock) -> None:
        operation = an_operation(subject=f"customer:{random_id('cus')}")
        mine = _claimed(operation, clock)
        finish(mine, b"SHELL KINGS 587", clock=clock)
        stored = Records().get(mine.record_id)
        assert stored is not None
        assert b"SHELL" not in stored["r"]
        assert claim(operation, clock=clock) == Done(b"SHELL KINGS 587")

    def test_stores_and_shows_neither_key_nor_payload_nor_owner(self, clock: FakeClock) -> None:
        operation = an_operation(b"pay the plumber", key=f"plumber-{random_id('try')}")
        mine = _claimed(operation, clock)
        stored = Records().get(mine.record_id)
        assert stored is not None
        for text in (repr(stored), repr(mine), repr(operation)):
            assert "plumber" not in text
            assert "alice" not in text

    def test_goes_into_one_transaction_with_the_effects(self, clock: FakeClock) -> None:
        operation, effect = an_operation(), random_id("try")
        dead = _claimed(operation, clock)
        clock.forward(LEASE_S + 1)
        heir = _claimed(operation, clock)
        effects = Put(Records(), {"pk": effect, "s": "effect"})
        with pytest.raises(Conflict):
            transact([effects, finishing(dead, b"late", clock=clock)])
        assert Records().get(effect) is None
        transact([effects, finishing(heir, b"right", clock=clock)])
        assert Records().get(effect) is not None
        assert claim(operation, clock=clock) == Done(b"right")


class TestOnce:
    def test_does_the_work_once(self, clock: FakeClock) -> None:
        done: list[int] = []

        def work() -> bytes:
            done.append(1)
            return b"result"

        operation = an_operation()
        assert once(operation, work, clock=clock) == once(operation, work, clock=clock) == b"result"
        assert done == [1]

    def test_lets_the_next_try_at_once_after_a_failure(self, clock: FakeClock) -> None:
        def fails() -> bytes:
            raise Unavailable

        operation = an_operation()
        with pytest.raises(Unavailable):
            once(operation, fails, clock=clock)
        assert once(operation, lambda: b"result", clock=clock) == b"result"


class TestLoser:
    """What a lost put means, without an engine."""

    MINE = Claim(operation=an_operation(), record_id="idem_1", token="mine")
    NOW = 1_000

    def _verdict(self, **stored: object) -> Claim | Done:
        item = {"t": "theirs", "d": b"digest", "s": "p", "l": self.NOW, **stored}
        return idempotency._loser(self.MINE, b"digest", item, self.NOW)

    def test_our_own_put_that_was_sent_twice_has_won(self) -> None:
        assert self._verdict(t="mine") is self.MINE

    def test_a_result_is_given(self) -> None:
        assert self._verdict(s="d", r=b"result") == Done(b"result")

    @pytest.mark.parametrize("state", ["p", "d"])
    def test_another_payload_is_refused_in_any_state(self, state: str) -> None:
        with pytest.raises(PayloadMismatch):
            self._verdict(d=b"another", s=state, r=b"")

    @pytest.mark.parametrize(("expires", "wait"), [(1_000, 1), (1_009, 10), (900, 1)])
    def test_a_lease_tells_how_long_to_wait(self, expires: int, wait: int) -> None:
        with pytest.raises(InProgress) as caught:
            self._verdict(l=expires)
        assert caught.value.retry_after_s == wait

    def test_a_record_that_went_meanwhile_is_worth_another_try(self) -> None:
        with pytest.raises(InProgress):
            idempotency._loser(self.MINE, b"digest", None, self.NOW)
