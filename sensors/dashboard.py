"""What operators see of sensors: readings on their way into bins."""

from kernel.dashboards import Cost, Dashboard, Panel, PanelKind, Series, Show
from sensors.metrics import BINS, READINGS

SENSORS = Dashboard(
    key="sensors",
    title="Sensors",
    about="Readings on their way into bins",
    panels=(
        Panel(
            key="readings",
            title="Readings",
            about="Each second: accepted, taken from the stream, put off, binned.",
            kind=PanelKind.RATE,
            series=Series(READINGS),
            by=("step",),
            headline=True,
        ),
        Panel(
            key="bins",
            title="Bins written",
            about="Each second, by why: full, held, early, merged.",
            kind=PanelKind.RATE,
            series=Series(BINS),
            by=("reason",),
            headline=True,
        ),
        Panel(
            key="early",
            title="Bins cut early",
            about="The share that went out half empty for want of memory.",
            kind=PanelKind.RATIO,
            series=Series(BINS, {"reason": "early"}),
            of=Series(BINS),
            show=Show.PERCENT,
        ),
        Panel(
            key="put-off",
            title="Readings put off",
            about="The share that went through the stream again.",
            kind=PanelKind.RATIO,
            series=Series(READINGS, {"step": "put_off"}),
            of=Series(READINGS, {"step": "taken"}),
            show=Show.PERCENT,
        ),
    ),
    costs=(
        Cost(
            title="1,000,000 readings",
            use_cases=("streams.sensor_bins", "sensors.merge_bins"),
            per=1_000_000,
            events=Series(READINGS, {"step": "taken"}),
        ),
    ),
)

DASHBOARDS = (SENSORS,)
