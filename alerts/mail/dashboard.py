"""What operators see of e-mail."""

from alerts.mail import measuring
from alerts.mail.metrics import (
    LETTERS_OPEN,
    MAIL_EVENTS,
    MAILS_ENDED,
    MAILS_OPEN,
    MAILS_THROTTLED,
)
from kernel.dashboards import Cost, Dashboard, Panel, PanelKind, Probe, Series, Show

MAIL = Dashboard(
    key="mail",
    title="E-mail",
    about="Campaigns, from list to transport, and what came back",
    panels=(
        Panel(
            key="ended",
            title="Mails",
            about="Each second, by what became of them.",
            kind=PanelKind.RATE,
            series=Series(MAILS_ENDED),
            by=("outcome",),
            headline=True,
        ),
        Panel(
            key="kinds",
            title="Mails by kind",
            about="Sent each second.",
            kind=PanelKind.RATE,
            series=Series(MAILS_ENDED, {"outcome": "sent"}),
            by=("kind",),
        ),
        Panel(
            key="open",
            title="Open mails",
            about="Of the newest campaigns: waiting for a sender, or of unknown outcome.",
            kind=PanelKind.GAUGE,
            series=Series(MAILS_OPEN),
            by=("state",),
            headline=True,
        ),
        Panel(
            key="failed",
            title="Failed",
            about="The share of mails that the transport refused.",
            kind=PanelKind.RATIO,
            series=Series(MAILS_ENDED, {"outcome": "failed"}),
            of=Series(MAILS_ENDED),
            show=Show.PERCENT,
        ),
        Panel(
            key="throttled",
            title="Throttled",
            about="Messages each second that the transport would not take so fast.",
            kind=PanelKind.RATE,
            series=Series(MAILS_THROTTLED),
        ),
        Panel(
            key="events",
            title="What SES says",
            about="Deliveries, bounces and complaints each second.",
            kind=PanelKind.RATE,
            series=Series(MAIL_EVENTS),
            by=("event",),
        ),
        Panel(
            key="bounces",
            title="Bounces",
            about="Of all that arrived or bounced. SES reviews an account above 5 %.",
            kind=PanelKind.RATIO,
            series=Series(MAIL_EVENTS, {"event": "Bounce"}),
            of=Series(MAIL_EVENTS, {"event": ("Delivery", "Bounce")}),
            show=Show.PERCENT,
        ),
        Panel(
            key="letters",
            title="Letters to be sent",
            about="Statutory mails that bounced and wait for paper.",
            kind=PanelKind.GAUGE,
            series=Series(LETTERS_OPEN),
        ),
    ),
    probes=(Probe(name="mail", every_s=60, measure=measuring.mails),),
    costs=(
        Cost(
            title="1,000 mails",
            use_cases=("mail.*",),
            per=1000,
            events=Series(MAILS_ENDED),
        ),
    ),
)

DASHBOARDS = (MAIL,)
