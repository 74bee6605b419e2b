"""Two holders, one clock, and every history that hypothesis can think of, on the real engine."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from aws import idempotency
from aws.dynamodb import Check, transact
from aws.idempotency import (
    Claim,
    ClaimLost,
    Done,
    InProgress,
    PayloadMismatch,
    Records,
    claim,
    finish,
    release,
    renew,
)
from aws.tests.holders import KEEP_S, LEASE_S, FakeClock, an_operation
from kernel.ids import random_id


class TwoActors(RuleBasedStateMachine):
    """Alice's two workers on one key, against a model of three variables."""

    @initialize()
    def begin(self) -> None:
        self.clock = FakeClock()
        self.key = random_id("try")
        self.held: dict[str, Claim | None] = {"anna": None, "bert": None}
        # The model: who holds the claim by its token, until when, and with which result.
        self.holder: str | None = None
        self.lease_expires = 0.0
        self.result: bytes | None = None
        self.record_expires = 0.0
        self.finishes = 0

    @property
    def now(self) -> float:
        return self.clock.now.timestamp()

    @rule(actor=st.sampled_from(["anna", "bert"]), payload=st.sampled_from([b"one", b"two"]))
    def claims(self, actor: str, payload: bytes) -> None:
        operation = an_operation(payload, self.key)
        forgotten = not self.recorded
        try:
            claimed = claim(operation, clock=self.clock)
        except PayloadMismatch:
            assert not forgotten
            assert payload != self.payload
            return
        except InProgress:
            assert not forgotten
            assert self.result is None
            assert self.now <= self.lease_expires
            return
        if isinstance(claimed, Done):
            assert claimed.result == self.result
            assert payload == self.payload
            return
        free = self.result is None and self.now > self.lease_expires and payload == self.payload
        assert forgotten or free
        self.payload, self.result, self.holder = payload, None, actor
        self.lease_expires = self.now + LEASE_S
        self.record_expires = self.lease_expires + KEEP_S
        self.held[actor] = claimed
        self.exists = True

    @rule(actor=st.sampled_from(["anna", "bert"]))
    def finishes_(self, actor: str) -> None:
        mine = self.held[actor]
        if mine is None:
            return
        self.finishes += 1
        result = f"{actor} {self.finishes}".encode()
        try:
            finish(mine, result, clock=self.clock)
        except ClaimLost:
            assert self.holder != actor
            return
        assert self.holder == actor
        self.result = result
        self.record_expires = self.now + KEEP_S

    @rule(actor=st.sampled_from(["anna", "bert"]))
    def renews(self, actor: str) -> None:
        mine = self.held[actor]
        if mine is None or self.result is not None:
            return
        try:
            renew(mine, clock=self.clock)
        except ClaimLost:
            assert self.holder != actor
            return
        assert self.holder == actor
        self.lease_expires = self.now + LEASE_S
        self.record_expires = self.lease_expires + KEEP_S

    @rule(actor=st.sampled_from(["anna", "bert"]))
    def gives_back(self, actor: str) -> None:
        mine = self.held[actor]
        if mine is None:
            return
        release(mine)
        if self.holder == actor and self.result is None:
            self.holder, self.exists = None, False

    @rule(seconds=st.sampled_from([1, LEASE_S, LEASE_S + 1, KEEP_S, KEEP_S + LEASE_S + 1]))
    def time_passes(self, seconds: int) -> None:
        self.clock.forward(seconds)

    @invariant()
    def the_record_says_who_holds_it(self) -> None:
        if self.holder is None:
            return
        mine = self.held[self.holder]
        assert mine is not None
        transact([Check(Records(), mine.record_id, None, idempotency._is_mine(mine))])

    payload = b""
    exists = False

    @property
    def recorded(self) -> bool:
        return self.exists and self.now <= self.record_expires


TestTwoActors = TwoActors.TestCase
TestTwoActors.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
