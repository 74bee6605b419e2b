"""What devices write becomes rows, or a list of faults with their lines."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.domain.readings import ns
from sensors.formats.json_readings import parse_json, parse_lines
from sensors.formats.line_protocol import parse_line_protocol
from sensors.formats.rows import BadReadings, Precision, Rows

_NOON = ns(datetime(2026, 3, 1, 12, tzinfo=UTC))
_MS = 1_000_000


def _lines(body: str, precision: Precision = Precision.ns) -> Rows:
    return parse_line_protocol(body.encode(), precision, now_ns=_NOON)


def _listed(rows: Rows) -> list[tuple[str, int, float]]:
    return list(zip(rows.sensors, rows.at.tolist(), rows.values.tolist(), strict=True))


def _faults(refused: pytest.ExceptionInfo[BadReadings]) -> list[int]:
    return [fault["line"] for fault in refused.value.members["errors"]]


class TestJson:
    @pytest.mark.parametrize("body", [b"[%b]", b'{"readings": [%b]}'])
    def test_may_be_an_array_or_an_object(self, body: bytes) -> None:
        reading = b'{"sensor": "a", "time": 1767225600000, "value": 21.5}'
        rows = parse_json(body % reading, Precision.ms)
        assert _listed(rows) == [("a", 1767225600000 * _MS, 21.5)]

    @pytest.mark.parametrize(
        ("time", "at"),
        [
            ("2026-03-01T12:00:00Z", _NOON),
            ("2026-03-01T12:00:00.123456789Z", _NOON + 123_456_789),
            ("2026-03-01T14:00:00.5+02:00", _NOON + 500 * _MS),
            ("1969-12-31T23:59:59.5Z", -500 * _MS),
        ],
    )
    def test_takes_times_as_text(self, time: str, at: int) -> None:
        body = b'[{"sensor": "a", "time": "%b", "value": 1}]' % time.encode()
        assert parse_json(body, Precision.ms).at.tolist() == [at]

    def test_takes_both_kinds_of_time_together(self) -> None:
        body = (
            b'[{"sensor":"a","time":"2026-03-01T12:00:00Z","value":1},'
            b'{"sensor":"a","time":7,"value":1}]'
        )
        assert parse_json(body, Precision.s).at.tolist() == [_NOON, 7_000_000_000]

    def test_takes_values_that_json_does_not_have(self) -> None:
        body = b"\n".join(
            b'{"sensor": "a", "time": %d, "value": %b}' % (number, value)
            for number, value in enumerate((b'"NaN"', b'"Infinity"', b'"-Infinity"', b"-0.0"))
        )
        nan, high, low, zero = parse_lines(body, Precision.ms).values
        assert math.isnan(nan)
        assert (high, low, str(zero)) == (math.inf, -math.inf, "-0.0")

    @pytest.mark.parametrize(
        "wrong",
        [
            '{"sensor": "a", "time": 1, "value": true}',
            '{"sensor": "a", "time": 1, "value": null}',
            '{"sensor": "a", "time": 1, "value": "21.5"}',
            '{"sensor": "a", "time": 1, "value": NaN}',
            '{"sensor": "a", "time": 1.5, "value": 1}',
            '{"sensor": "a", "time": "now", "value": 1}',
            '{"sensor": "a", "time": "2026-03-01T12:00:00", "value": 1}',
            '{"sensor": "a", "time": "2026-02-30T12:00:00Z", "value": 1}',
            '{"sensor": "a", "time": 99999999999999999999, "value": 1}',
            '{"sensor": "a", "time": 9999999999999999, "value": 1}',
            '{"sensor": 7, "time": 1, "value": 1}',
            '{"sensor": "a", "time": 1}',
            '["a", 1, 1]',
            "a,1,1",
        ],
    )
    def test_tells_which_line_is_wrong(self, wrong: str) -> None:
        right = '{"sensor": "a", "time": 1, "value": 1}'
        with pytest.raises(BadReadings) as refused:
            parse_lines(f"{right}\n\n{wrong}\n{right}\n".encode(), Precision.ms)
        assert _faults(refused) == [3]
        if wrong.startswith("{") and "NaN" not in wrong:
            with pytest.raises(BadReadings) as refused:
                parse_json(f"[{right},{right},{wrong}]".encode(), Precision.ms)
            assert _faults(refused) == [3]

    def test_quotes_nothing_that_was_sent(self) -> None:
        with pytest.raises(BadReadings) as refused:
            parse_lines(b'{"sensor": "a", "time": "secret", "value": 1}', Precision.ms)
        assert "secret" not in repr(refused.value.members)

    @given(st.lists(st.tuples(st.integers(0, 4 * 10**12), st.floats(allow_nan=False))))
    def test_gives_back_every_float(self, sent: list[tuple[int, float]]) -> None:
        special = {math.inf: '"Infinity"', -math.inf: '"-Infinity"'}
        body = "\n".join(
            f'{{"sensor": "a", "time": {time}, "value": {special.get(value, repr(value))}}}'
            for time, value in sent
        )
        rows = parse_lines(body.encode(), Precision.ms)
        expected = np.array([value for _time, value in sent], np.float64)
        assert rows.values.tobytes() == expected.tobytes()
        assert rows.at.tolist() == [time * _MS for time, _value in sent]


class TestLineProtocol:
    @pytest.mark.parametrize(
        ("line", "readings"),
        [
            ("temp value=21.5 5", [("temp", 5, 21.5)]),
            ("temp value=21.5", [("temp", _NOON, 21.5)]),
            ("w,b=2,a=1 x=1,y=2i 5", [("w,a=1,b=2:x", 5, 1.0), ("w,a=1,b=2:y", 5, 2.0)]),
            ("m f=-1.5e-3,g=+.5,h=7u,i=-3i 5", [
                ("m:f", 5, -0.0015), ("m:g", 5, 0.5), ("m:h", 5, 7.0), ("m:i", 5, -3.0),
            ]),
            ("m a=t,b=False 5", [("m:a", 5, 1.0), ("m:b", 5, 0.0)]),
            (r"my\ room,at=the\ attic value=1 5", [("my room,at=the attic", 5, 1.0)]),
            (r"m,a=x\,y value=1 5", [(r"m,a=x\,y", 5, 1.0)]),
            (r"m,a=1\,000,b=c value=1 5", [(r"m,a=1\,000,b=c", 5, 1.0)]),
            (r'm text="a b, c=\"d\"",x=1 5', [("m:x", 5, 1.0)]),
            ('m text="two\nlines",x=1 5', [("m:x", 5, 1.0)]),
            ('m text="only" 5', []),
            (r"m f\ f=1,g\=g=2 5", [("m:f f", 5, 1.0), (r"m:g\=g", 5, 2.0)]),
            ("# a comment\n\n  \nm value=1 5\r\n", [("m", 5, 1.0)]),
            ("m value=-0.0 -5", [("m", -5, -0.0)]),
            ("", []),
        ],
    )  # fmt: skip
    def test_is_read_as_it_is_specified(
        self, line: str, readings: list[tuple[str, int, float]]
    ) -> None:
        assert _listed(_lines(line)) == readings

    @pytest.mark.parametrize(
        ("precision", "at"), [("ns", 5), ("us", 5_000), ("ms", 5_000_000), ("s", 5_000_000_000)]
    )
    def test_has_a_precision(self, precision: str, at: int) -> None:
        assert _lines("m value=1 5", Precision[precision]).at.tolist() == [at]

    @pytest.mark.parametrize(
        "wrong",
        [
            "m",
            "m value",
            "m value= 5",
            "m =1 5",
            "m value=1 5 6",
            "m value=1 5.5",
            "m value=1 tomorrow",
            "m value=one 5",
            "m value=nan 5",
            "m value=inf 5",
            "m value=1_000 5",
            "m value=0x10 5",
            "m value=99999999999999999999i 5",
            "m value=-1u 5",
            'm value="open 5',
            "m,tag value=1 5",
            "m,=x value=1 5",
            ",tag=x value=1 5",
            "m value=1,,x=2 5",
            "m value=1 99999999999999999999",
            r"m\ value=1",
        ],
    )
    def test_tells_which_line_is_wrong(self, wrong: str) -> None:
        with pytest.raises(BadReadings) as refused:
            _lines(f"m value=1 5\n# two\n{wrong}\nm value=1 6")
        assert _faults(refused)[0] == 3

    def test_tells_of_every_wrong_line_but_not_endlessly(self) -> None:
        with pytest.raises(BadReadings) as refused:
            _lines("m\n" * 100_000)
        assert _faults(refused) == list(range(1, 21))

    def test_tells_where_the_text_is_no_text(self) -> None:
        with pytest.raises(BadReadings) as refused:
            parse_line_protocol(b"m value=1 5\n\xff\xfe value=1 5", Precision.ns, now_ns=0)
        assert _faults(refused) == [2]

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_gives_back_every_float(self, value: float) -> None:
        (_reading,) = _listed(_lines(f"m value={value!r} 5"))
        assert np.float64(_reading[2]).tobytes() == np.float64(value).tobytes()
