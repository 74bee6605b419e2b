"""A campaign from its list to the sink: everybody once, and every mail accounted for."""

import pytest

from alerts.mail import queries
from alerts.mail.domain.consents import Source
from alerts.mail.domain.kinds import Campaign
from alerts.mail.domain.mails import MailStatus
from alerts.mail.queries import Stage
from alerts.mail.repository import MAILS, PAPER
from alerts.mail.repository.ids import mail_id
from alerts.mail.repository.mails import mail_to_item
from alerts.mail.services import campaigns
from alerts.mail.services.campaigns import NotPausable, NotRedrivable, NotResumable
from alerts.mail.services.unsubscribing import decide
from alerts.mail.tests import world
from alerts.mail.tests.sink import Accepted, Sink
from alerts.mail.tests.test_mails import a_mail
from aws.metrics.names import CAPACITY_UNITS
from kernel.clock import utc_now
from txhub.batch import work
from txhub.batch.models import ChunkExecution
from txhub.metrics import ROWS

pytestmark = pytest.mark.django_db(transaction=True)


def progress(campaign: Campaign) -> queries.Progress:
    return queries.progress_of(campaign, utc_now())


def units(use_case: str) -> float:
    """What a use-case has consumed in this process."""
    return sum(each.value for each in CAPACITY_UNITS.samples() if each.labels[0] == use_case)


def counts(campaign: Campaign) -> tuple[int | None, int, int, int, int]:
    """Eligible, sent, suppressed, failed, unknown."""
    now = progress(campaign)
    tally = now.tally
    return now.eligible, tally.sent, tally.suppressed, tally.failed, tally.unknown


class TestACampaign:
    def test_reaches_everybody_once(self, sink: Sink) -> None:
        customers = world.new_customers(20)
        campaign = world.sent(world.new_campaign(), customers)
        assert counts(campaign) == (20, 20, 0, 0, 0)
        assert set(sink.times().values()) == {1}
        assert {each.to for each in sink.accepted} == {f"{each}@bank.example" for each in customers}

    def test_is_no_file_whose_rows_are_counted(self, sink: Sink) -> None:
        before = ROWS.samples()
        world.sent(world.new_campaign(), world.new_customers(2))
        assert ROWS.samples() == before

    def test_is_paid_for_as_mail_and_as_no_file(self, sink: Sink) -> None:
        campaign = world.listed(world.new_campaign(), world.new_customers(2))
        mail, file = units("mail.render"), units("feeds.bring_in")
        world.render(campaign)
        assert units("mail.render") > mail
        assert units("feeds.bring_in") == file

    def test_is_cut_into_parts_of_customers(self, sink: Sink) -> None:
        campaign = world.sent(world.new_campaign(), world.new_customers(20))
        parts = ChunkExecution.objects.filter(file__instance=campaigns.render_job(campaign))
        assert [each.rows for each in parts] == [8, 8, 4]

    def test_writes_once_to_who_is_listed_twice(self, sink: Sink) -> None:
        customers = world.new_customers(12)
        campaign = world.sent(world.new_campaign(), [*customers, *reversed(customers)])
        assert counts(campaign) == (12, 12, 0, 0, 0)
        assert len(sink.accepted) == 12

    def test_announced_again_is_the_same(self, sink: Sink) -> None:
        campaign = world.sent(world.new_campaign(), world.new_customers(3))
        assert campaigns.announce(campaign) == campaigns.render_job(campaign)
        world.render(campaign)
        world.send(campaign)
        assert len(sink.accepted) == 3

    def test_is_done_with_all_accounted_for(self, sink: Sink) -> None:
        campaign = world.sent(world.new_campaign(), world.new_customers(5))
        now = progress(campaign)
        assert (now.stage, now.percent, now.waiting, now.adds_up) == (Stage.DONE, 100, 0, True)

    def test_does_not_end_while_a_mail_is_unaccounted_for(self, sink: Sink) -> None:
        customers = world.new_customers(3)
        campaign = world.listed(world.new_campaign(), customers)
        world.render(campaign)
        sent = a_mail(MailStatus.SENT, mail_id=mail_id(campaign.name, customers[0]))
        MAILS.put(mail_to_item(sent))  # as no code of ours does: the tally knows nothing of it
        world.send(campaign)
        now = progress(campaign)
        assert now.stage is Stage.STOPPED
        assert "chunk_differs" in now.reason

    def test_of_nobody_is_done(self, sink: Sink) -> None:
        campaign = world.sent(world.new_campaign(), [])
        assert progress(campaign).stage is Stage.DONE
        assert counts(campaign) == (0, 0, 0, 0, 0)

    def test_sends_a_letter_to_whom_it_has_no_address_for(self, sink: Sink) -> None:
        (known,) = world.new_customers(1)
        campaign = world.sent(world.new_campaign(), [known, "nobody-knows-them"])
        assert counts(campaign) == (2, 1, 1, 0, 0)
        mail = world.mail_of(campaign, "nobody-knows-them")
        assert mail.reason == "no_address"
        letter = PAPER.find(mail.mail_id)
        assert letter is not None
        assert letter.is_open

    def test_that_is_optional_reaches_who_agreed(self, sink: Sink) -> None:
        agreed, undecided, withdrew = world.new_customers(3)
        for customer in (agreed, withdrew):
            decide(customer, "alert_digest", given=True, source=Source.SETTINGS)
        decide(withdrew, "alert_digest", given=False, source=Source.SETTINGS)
        campaign = world.new_campaign("alert_digest")
        world.sent(campaign, [agreed, undecided, withdrew])
        assert counts(campaign) == (3, 1, 2, 0, 0)
        assert [each.to for each in sink.accepted] == [f"{agreed}@bank.example"]
        assert PAPER.find(world.mail_of(campaign, withdrew).mail_id) is None


class TestRefusedMails:
    def test_fail_and_are_sent_again_by_a_redrive(self, sink: Sink) -> None:
        unlucky, *others = customers = world.new_customers(10)
        sink.before = lambda message: "550 No" if message.to.startswith(unlucky) else None
        campaign = world.sent(world.new_campaign(), customers)
        assert counts(campaign) == (10, 9, 0, 1, 0)
        assert world.mail_of(campaign, unlucky).reason == "SMTP 550"
        sink.before = lambda _message: None
        campaigns.redrive(campaign)
        world.send(campaign)
        assert counts(campaign) == (10, 10, 0, 0, 0)
        assert set(sink.times().values()) == {1}
        assert len(others) == 9

    def test_that_fail_again_are_counted_once(self, sink: Sink) -> None:
        sink.before = lambda message: "550 No"
        campaign = world.sent(world.new_campaign(), world.new_customers(3))
        campaigns.redrive(campaign)
        world.send(campaign)
        assert counts(campaign) == (3, 0, 0, 3, 0)
        assert progress(campaign).rounds == 2

    def test_are_not_tried_again_in_the_same_round(self, sink: Sink) -> None:
        offered: list[Accepted] = []
        sink.before = lambda message: offered.append(message) or "550 No"  # type: ignore[func-returns-value]
        campaign = world.sent(world.new_campaign(), world.new_customers(2))
        chunk = ChunkExecution.objects.get(file__instance=campaigns.send_jobs(campaign)[0])
        ChunkExecution.objects.filter(pk=chunk.pk).update(status="WAITING")
        work.work_on_chunk(chunk.pk)
        assert len(offered) == 2


class TestAMailInDoubt:
    def test_is_unknown_and_never_sent_again(self, sink: Sink) -> None:
        lost, *_others = customers = world.new_customers(6)
        sink.after = lambda message: None if message.to.startswith(lost) else "250 Kept"
        campaign = world.sent(world.new_campaign(), customers)
        assert counts(campaign) == (6, 5, 0, 0, 1)
        sink.after = lambda _message: "250 Kept"
        campaigns.redrive(campaign)
        world.send(campaign)
        assert counts(campaign) == (6, 5, 0, 0, 1)
        assert set(sink.times().values()) == {1}


class TestAPausedCampaign:
    def test_goes_on_where_it_was(self, sink: Sink) -> None:
        campaign = world.listed(world.new_campaign(), world.new_customers(20))
        world.render(campaign)
        campaigns.take_up(world.LONG_AGO)
        instance = campaigns.send_jobs(campaign)[0]
        work.work_on_file(instance.file.pk)
        first, *_rest = ChunkExecution.objects.filter(file__instance=instance)
        work.work_on_chunk(first.pk)
        campaigns.pause(campaign)
        assert progress(campaign).stage is Stage.PAUSED
        world._run(instance)
        assert len(sink.accepted) == 8
        campaigns.resume(campaign)
        world.send(campaign)
        assert counts(campaign) == (20, 20, 0, 0, 0)
        assert set(sink.times().values()) == {1}

    def test_while_it_is_rendered_sends_nothing(self, sink: Sink) -> None:
        campaign = world.listed(world.new_campaign(), world.new_customers(3))
        campaigns.pause(campaign)
        campaigns.take_up(world.LONG_AGO)
        assert campaigns.send_jobs(campaign) == []
        campaigns.resume(campaign)
        world.render(campaign)
        world.send(campaign)
        assert counts(campaign) == (3, 3, 0, 0, 0)

    def test_cannot_be_what_is_done(self, sink: Sink) -> None:
        campaign = world.sent(world.new_campaign(), world.new_customers(1))
        with pytest.raises(NotPausable):
            campaigns.pause(campaign)
        with pytest.raises(NotResumable):
            campaigns.resume(campaign)

    def test_is_not_sent_again(self, sink: Sink) -> None:
        campaign = world.listed(world.new_campaign(), world.new_customers(1))
        with pytest.raises(NotRedrivable):
            campaigns.redrive(campaign)


class TestATransportThatIsAway:
    def test_leaves_its_mails_waiting(self, sink: Sink, settings: object) -> None:
        from kernel.errors import Unavailable

        customers = world.new_customers(6)
        campaign = world.listed(world.new_campaign(), customers)
        world.render(campaign)
        settings.MAIL = {**settings.MAIL, "smtp_port": 1}  # type: ignore[attr-defined]
        with pytest.raises(Unavailable):
            world.send(campaign)
        assert world.mails_of(campaign, customers) == {}
        settings.MAIL = {**settings.MAIL, "smtp_port": sink.port}  # type: ignore[attr-defined]
        world.send(campaign)
        assert counts(campaign) == (6, 6, 0, 0, 0)

    def test_that_refuses_all_stops_the_campaign(self, sink: Sink, settings: object) -> None:
        settings.MAIL = {**settings.MAIL, "part_mails": 60, "group_mails": 25}  # type: ignore[attr-defined]
        sink.before = lambda _message: "554 Not from you"
        campaign = world.sent(world.new_campaign(), world.new_customers(60))
        now = progress(campaign)
        assert now.stage is Stage.STOPPED
        assert "all_mails_refused" in now.reason
        assert now.tally.failed == 25


class TestThrottling:
    def test_slows_down_and_sends_all(self, sink: Sink) -> None:
        answers = iter(["451 Slow down"] * 3)
        sink.before = lambda _message: next(answers, None)
        campaign = world.sent(world.new_campaign(), world.new_customers(8))
        assert counts(campaign) == (8, 8, 0, 0, 0)
        assert set(sink.times().values()) == {1}
