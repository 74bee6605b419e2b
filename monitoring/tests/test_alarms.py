"""Alarms' states: a pure machine."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.alarms import (
    INCIDENT,
    NEXT,
    SILENCE_MAX,
    Alarm,
    NotFiring,
    SilencedTooLong,
    State,
    Status,
    acknowledged,
    silenced,
    step,
)

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ALARM = Alarm(name="a", title="A", panel="x.y", limit=10, for_s=60, clears_after_s=120)
VALUES = st.lists(st.sampled_from([None, 5.0, 20.0]), max_size=60)


def run(alarm: Alarm, values: Sequence[float | None], every_s: int = 10) -> list[State]:
    """The states after each look."""
    states, state = [], State(since=NOON)
    for number, value in enumerate(values, start=1):
        state = step(alarm, state, value, NOON + timedelta(seconds=every_s * number))
        states.append(state)
    return states


class TestStates:
    def test_are_drawn_as_they_are(self) -> None:
        chart = Path(settings.BASE_DIR, "docs/states/alarm.md").read_text()
        drawn = set(re.findall(r"^\s+(\w+) --> (\w+)", chart, re.MULTILINE))
        assert drawn == {(old.value, new.value) for old, moves in NEXT.items() for new in moves}

    @given(VALUES, st.sampled_from([0, 30, 60]), st.sampled_from([0, 60, 120]))
    def test_move_only_as_the_table_says(
        self, values: list[float | None], for_s: int, clears_after_s: int
    ) -> None:
        alarm = Alarm(
            name="a", title="A", panel="x.y", limit=10, for_s=for_s, clears_after_s=clears_after_s
        )
        before = Status.OK
        for state in run(alarm, values):
            assert state.status is before or state.status in NEXT[before]
            before = state.status

    @given(VALUES)
    def test_an_incident_lasts_from_firing_until_ok(self, values: list[float | None]) -> None:
        for state in run(ALARM, values):
            assert (state.status in INCIDENT) == (state.incident_at is not None)

    @given(VALUES)
    def test_people_hear_of_each_beginning_once_and_of_its_end_once(
        self, values: list[float | None]
    ) -> None:
        told: list[Status] = []
        state = State(since=NOON)
        for number, value in enumerate(values, start=1):
            state = step(ALARM, state, value, NOON + timedelta(seconds=10 * number))
            if state.untold:
                told.append(state.untold)
                state = replace(state, untold=None)
        assert told[::2] == [Status.FIRING] * len(told[::2])
        assert told[1::2] == [Status.OK] * len(told[1::2])

    @given(st.lists(st.booleans(), max_size=60))
    def test_what_flaps_faster_than_it_takes_never_fires(self, flaps: list[bool]) -> None:
        values: list[float | None] = []
        for flap in flaps:
            values += [20.0, 20.0, 5.0] if flap else [5.0]
        assert all(state.status not in INCIDENT for state in run(ALARM, values))


class TestAnAlarm:
    def test_fires_when_it_has_held_for_long_enough(self) -> None:
        states = run(ALARM, [20.0] * 8)
        assert [state.status for state in states].index(Status.FIRING) == 6  # 70 s, 60 after 10

    def test_is_over_only_when_it_has_not_held_for_long_enough(self) -> None:
        states = run(ALARM, [20.0] * 8 + [5.0] * 11 + [20.0] + [5.0] * 14)
        after = [state.status for state in states[8:]]
        assert after[:11] == [Status.RESOLVING] * 11
        assert after[11] is Status.FIRING  # flapped: the same incident goes on
        assert after[-1] is Status.OK
        assert len({s.incident_at for s in states if s.incident_at}) == 1

    @pytest.mark.parametrize(
        ("missing", "expected"),
        [("ok", Status.OK), ("breach", Status.FIRING), ("keep", Status.OK)],
    )
    def test_says_what_it_means_that_nothing_was_measured(
        self, missing: str, expected: Status
    ) -> None:
        alarm = Alarm(name="a", title="A", panel="x.y", limit=1, for_s=10, missing=missing)  # type: ignore[arg-type]
        assert run(alarm, [None] * 5)[-1].status is expected

    def test_can_be_about_what_is_too_low(self) -> None:
        alarm = Alarm(name="a", title="A", panel="x.y", limit=1, side="below", for_s=0)
        assert run(alarm, [0.0])[-1].status is Status.FIRING

    def test_that_rests_cannot_be_acknowledged(self) -> None:
        with pytest.raises(NotFiring):
            acknowledged(State(since=NOON), "staff:1")

    def test_forgets_who_was_at_it_with_the_incident(self) -> None:
        firing = acknowledged(run(ALARM, [20.0] * 8)[-1], "staff:1")
        later = NOON + timedelta(minutes=10)
        resolving = step(ALARM, firing, 5.0, later)
        assert resolving.acknowledged_by == "staff:1"
        over = step(ALARM, resolving, 5.0, later + timedelta(minutes=5))
        assert (over.status, over.acknowledged_by) == (Status.OK, "")

    def test_is_silent_for_a_week_at_the_most(self) -> None:
        state = silenced(State(since=NOON), NOON + SILENCE_MAX, "staff:1", NOON)
        assert state.is_silenced(NOON + timedelta(days=6))
        assert not state.is_silenced(NOON + SILENCE_MAX)
        with pytest.raises(SilencedTooLong):
            silenced(state, NOON + timedelta(days=8), "staff:1", NOON)
