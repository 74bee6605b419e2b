"""A campaign of thousands: rendered, sent into a sink, and once more with its workers killed.

The sink keeps whatever it accepts, every time: it never removes duplicates.
"""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.place import Bank, Place

if TYPE_CHECKING:
    from alerts.mail.domain.kinds import Campaign
    from alerts.mail.tests.sink import Sink

MAILS, WORKERS = 5_000, 2
_MILLION = 1_000_000
_DONE_S_MAX = 600.0
# Leases of seconds, so that a killed worker's steps are free while we wait.
_QUICK = {
    "TXHUB_BATCH_LEASE_S": "3",
    "TXHUB_BATCH_LEASE_MARGIN_S": "1",
    "TXHUB_BATCH_RENEW_S": "0.5",
    "TXHUB_BATCH_ATTEMPTS_MAX": "100",
}


def run(place: Place) -> list[Figure]:
    from alerts.mail.tests.sink import running_sink

    with running_sink() as sink:
        bank = place.new_bank(
            **_QUICK,
            MAIL_TRANSPORT="alerts.mail.transports.smtp.Smtp",
            MAIL_SMTP_PORT=str(sink.port),
            MAIL_RATE_MAX_S="5000",
        )
        bank.load_django()
        from alerts.mail.tests import world

        _say(f"making {MAILS:,} customers")
        customers = world.new_customers(MAILS)
        return [*_undisturbed(bank, sink, customers), *_killed(sink, customers)]


def _undisturbed(bank: Bank, sink: "Sink", customers: list[str]) -> Iterator[Figure]:
    from alerts.mail.repository.mails import MAILS as TABLE
    from alerts.mail.tests import world

    campaign = world.listed(world.new_campaign(), customers)
    _say("rendering")
    began, cpu = time.perf_counter(), time.process_time()
    world.render(campaign)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    yield Figure(
        name="rendered_per_s_core",
        value=MAILS / cpu,
        unit="mails/s",
        how=f"{MAILS:,} mails, text and HTML: list, sorting, addresses, sealed files; CPU of the"
        " one process, not the engine's",
    )
    yield Figure(
        name="rendered_per_s",
        value=MAILS / seconds,
        unit="mails/s",
        how="the same by the clock, the engine's time included",
    )
    _say("sending")
    worker = bank.start_worker(WORKERS)
    seconds = _sent(campaign, sink)
    bank.place.stop(worker)
    per_s = MAILS / seconds
    yield Figure(
        name="sent_per_s",
        value=per_s,
        unit="mails/s",
        how=f"{MAILS:,} mails by {WORKERS} worker processes into a local SMTP sink, intents and"
        " outcomes in the engine included",
    )
    yield Figure(
        name="million_h",
        value=_MILLION / per_s / 3600,
        unit="h",
        how=f"a million at the measured rate of {WORKERS} processes on this machine",
    )
    tally = TABLE.tally(campaign.name)
    yield Figure(
        name="sent",
        value=tally.sent,
        unit="mails",
        aim=f"= {MAILS}",
        how="recorded as sent, undisturbed",
    )


def _sent(campaign: "Campaign", sink: "Sink") -> float:
    """Seconds from the start of sending to its end, as beat and workers do it."""
    from alerts.mail.services import campaigns
    from alerts.mail.tests.killed import is_done
    from alerts.mail.tests.world import LONG_AGO

    before, began = len(sink.accepted), time.perf_counter()
    campaigns.take_up(LONG_AGO)
    while not is_done(campaign):
        assert time.perf_counter() - began < _DONE_S_MAX, "it does not end"
        time.sleep(0.05)
    assert len(sink.accepted) - before == MAILS
    return time.perf_counter() - began


def _killed(sink: "Sink", customers: list[str]) -> Iterator[Figure]:
    from alerts.mail.domain.mails import MailStatus
    from alerts.mail.repository.mails import MAILS as TABLE
    from alerts.mail.tests import world
    from alerts.mail.tests.killed import PLACES, work_until_killed

    campaign = world.listed(world.new_campaign(), customers)
    deaths = 0
    for name, where in PLACES.items():
        _say(f"killed {name}")
        deaths += work_until_killed(campaign, where)
    _say("going on to the end")
    work_until_killed(campaign)
    tally, times = TABLE.tally(campaign.name), sink.times()
    mails = world.mails_of(campaign, customers).values()
    sent = {each.mail_id for each in mails if each.status is MailStatus.SENT}
    unknown = {each.mail_id for each in mails if each.status is MailStatus.UNKNOWN}
    accepted = {each.mail_id for each in mails} & times.keys()
    how = f"{MAILS:,} mails, one process after the other ended by kill -9"
    counted = {
        "killed": (deaths, "processes", f"= {len(PLACES)}", "at enumerated places"),
        "accepted_twice": (sum(n > 1 for n in times.values()), "mails", "= 0", how),
        "lost": (len(sent - accepted), "mails", "= 0", "recorded as sent and not in the sink"),
        "unaccounted": (
            len(accepted - sent - unknown) + abs(MAILS - tally.settled),
            "mails",
            "= 0",
            "in the sink and neither sent nor unknown; or missing from the sum",
        ),
        "unknown": (tally.unknown, "mails", None, "left by the killed, for events or people"),
        "unknown_accepted": (len(unknown & accepted), "mails", None, "of these in the sink"),
    }
    for figure, (value, unit, aim, about) in counted.items():
        yield Figure(name=figure, value=value, unit=unit, aim=aim, how=about)


def _say(line: str) -> None:
    print(f"  {line} ...", flush=True)
