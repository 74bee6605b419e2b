"""Tells people that an alarm fires, or is over: SNS carries it to e-mail, telephones and pagers."""

from django.conf import settings
from django.urls import reverse

from aws import messaging
from monitoring.declared import panel_named
from monitoring.domain.alarms import Alarm, State, Status
from monitoring.howtos import advice
from monitoring.resources import ALARM_TOPIC


def tell(alarm: Alarm, state: State) -> None:
    """Raises `Unavailable`."""
    word = "FIRING" if state.untold is Status.FIRING else "OVER"
    subject = f"{word}: {alarm.title}"
    messaging.publish_to_people(
        ALARM_TOPIC,
        {
            "alarm": alarm.name,
            "status": state.untold,
            "severity": alarm.severity,
            "since": state.since.isoformat(timespec="seconds"),
            "value": state.value,
            "limit": alarm.limit,
            "panel": address_of(alarm),
            "howto": alarm.howto,
        },
        subject=subject,
        text=mail_text(alarm, state, subject),
        sms=subject,
    )


def address_of(alarm: Alarm) -> str:
    """Where its panel can be looked at."""
    board, panel = panel_named(alarm.panel)
    path = reverse("ops-dashboard", args=[board.key])
    return f"{settings.SITE_URL}{path}?panel={panel.key}"


def mail_text(alarm: Alarm, state: State, subject: str) -> str:
    """What stands in the mail: also what to do, for who reads it in the night on a telephone."""
    measured = "nothing measured" if state.value is None else f"{state.value:g}"
    lines = [
        subject,
        "",
        f"Measured: {measured} ({alarm.side} {alarm.limit:g} is a breach)",
        f"Since:    {state.since:%Y-%m-%d %H:%M:%S} UTC",
        f"Panel:    {address_of(alarm)}",
        f"Alarm:    {settings.SITE_URL}{reverse('ops-alarm', args=[alarm.name])}",
    ]
    if alarm.howto:
        lines += [f"How-to:   {alarm.howto}", "", advice(alarm.howto)]
    return "\n".join(lines)
