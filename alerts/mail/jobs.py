"""What the steps of a campaign's two jobs do.

    render   file    writes the customer list where there is none, sorts it, cuts it into parts
             chunk   looks the customers up and writes their rendered mails: a sealed file a part
    send     file    takes over the parts
             chunk   sends a part's mails, and sees that all are accounted for

A part has the same number in both.
"""

from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter

from django.db import transaction

from alerts.mail.conf import conf
from alerts.mail.domain.kinds import Campaign, Listed
from alerts.mail.domain.mails import Tally
from alerts.mail.kinds import kind_named
from alerts.mail.repository import MAILS
from alerts.mail.repository.files import (
    Rendered,
    listed_from_line,
    read_list,
    read_rendered,
    rendered_key,
    write_rendered,
)
from alerts.mail.repository.ids import mail_id
from alerts.mail.services import contacts
from alerts.mail.services.campaigns import RENDER, SEND, campaign_of, render_job, round_of
from alerts.mail.services.listing import make_list
from alerts.mail.services.rendering import rendered
from alerts.mail.services.sending import PartSender
from kernel.clock import utc_now
from txhub.batch import conf as batch_conf
from txhub.batch.chunks import ChunkDiffers
from txhub.batch.counts import Counts
from txhub.batch.cutting import Cut, lines_of, make_known, new_cut, write_cut
from txhub.batch.leases import Lease
from txhub.batch.models import ChunkExecution, FileExecution
from txhub.batch.procedures import Procedure, register
from txhub.batch.spool import Record, Sorter, Spool


def register_procedures() -> None:
    register(RENDER, Procedure(use_case="mail.render", file=list_and_cut, chunk=render_part))
    register(SEND, Procedure(use_case="mail.send", file=take_parts_over, chunk=send_part))


def list_and_cut(lease: Lease[FileExecution]) -> None:
    """Raises `LeaseLost`, `StopRequested`, and what the kind's listing raises."""
    campaign = campaign_of(lease.step.instance)
    make_list(campaign, lease.keep)
    contacts.make_fresh(alive=lease.keep)
    with Spool(batch_conf.spool_dir()) as spool:
        sorter = Sorter(spool, batch_conf.SORT_ROWS, lambda: lease.keep(0))
        for number, line in enumerate(read_list(campaign)):
            customer_id = listed_from_line(line).customer_id
            sorter.add((mail_id(campaign.name, customer_id), number, line))
            lease.keep(number)
        cuts = list(_cuts(lease, _once_each(sorter.sorted())))
    with transaction.atomic():
        lease.finish(chunk_count=len(cuts), rows_done=sum(cut.rows for cut in cuts))
        make_known(lease.step, cuts)


def render_part(lease: Lease[ChunkExecution]) -> None:
    """Raises `LeaseLost`, `StopRequested`, `ChunkDiffers`."""
    chunk = lease.step
    campaign = campaign_of(chunk.execution.instance)
    listed = [listed_from_line(line) for line in lines_of(chunk.object_key)]
    if len(listed) != chunk.rows:
        raise ChunkDiffers
    counts = Counts(read=len(listed))
    write_rendered(campaign, chunk.number, _counted(_rendered(lease, campaign, listed), counts))
    counts.skipped = counts.read - counts.written
    with transaction.atomic():
        lease.finish(rows_done=counts.read, **counts.as_columns())


def take_parts_over(lease: Lease[FileExecution]) -> None:
    """Raises `LeaseLost`."""
    campaign = campaign_of(lease.step.instance)
    parts = ChunkExecution.objects.filter(file__instance=render_job(campaign))
    cuts = [
        Cut(number=each.number, key=rendered_key(campaign, each.number), rows=each.rows)
        for each in parts.order_by("number")
    ]
    with transaction.atomic():
        lease.finish(chunk_count=len(cuts), rows_done=sum(cut.rows for cut in cuts))
        make_known(lease.step, cuts)


def send_part(lease: Lease[ChunkExecution]) -> None:
    """Raises `LeaseLost`, `StopRequested`, `ChunkDiffers`, and what sending raises."""
    chunk = lease.step
    instance = chunk.execution.instance
    campaign = campaign_of(instance)
    sender = PartSender(
        kind=kind_named(campaign.kind),
        campaign=campaign.name,
        part=chunk.number,
        round=round_of(instance),
        token=lease.token,
        clock=utc_now,
    )

    def alive(done: int) -> None:
        lease.keep(done)
        lease.before_write()

    sent = sender.send(read_rendered(chunk.object_key), alive)
    tally = MAILS.tally_of_part(campaign.name, chunk.number)
    if not sent == tally.settled == chunk.rows:
        raise ChunkDiffers
    with transaction.atomic():
        lease.finish(rows_done=sent, **_as_counts(tally).as_columns())


def _once_each(records: Iterator[Record]) -> Iterator[bytes]:
    """A line for each mail: whoever is listed twice is written to as first listed."""
    for _mail_id, several in groupby(records, key=itemgetter(0)):
        line: bytes = next(several)[-1]
        yield line


def _cuts(lease: Lease[FileExecution], lines: Iterator[bytes]) -> Iterator[Cut]:
    number = rows = 0
    while several := list(islice(lines, conf().part_mails)):
        number, rows = number + 1, rows + len(several)
        cut = new_cut(lease, number)
        cut.rows = len(several)
        write_cut(lease, cut, several)
        lease.keep(rows)
        yield cut


def _rendered(
    lease: Lease[ChunkExecution], campaign: Campaign, listed: list[Listed]
) -> Iterator[Rendered]:
    kind, now = kind_named(campaign.kind), utc_now()
    known = contacts.contacts_of(each.customer_id for each in listed)
    for number, each in enumerate(listed):
        lease.keep(number)
        contact = known.get(each.customer_id)
        yield rendered(kind, campaign.name, each.customer_id, each.facts, contact, now=now)


def _counted(mails: Iterator[Rendered], counts: Counts) -> Iterator[Rendered]:
    for each in mails:
        counts.written += each.missing is None
        yield each


def _as_counts(tally: Tally) -> Counts:
    """In the words of batch jobs: what failed or is unknown waits for a person."""
    return Counts(
        read=tally.settled,
        written=tally.sent,
        skipped=tally.suppressed,
        quarantined=tally.failed + tally.unknown,
    )
