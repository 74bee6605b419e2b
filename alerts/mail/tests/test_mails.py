"""The moves of a mail, and what counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from alerts.mail.domain.mails import (
    NEXT,
    REJECTED,
    Feedback,
    Mail,
    MailStatus,
    Tally,
    outranks,
)
from alerts.mail.repository import MAILS
from alerts.mail.repository.mails import mail_from_item, mail_to_item
from alerts.mail.services.moving import move
from kernel.errors import Conflict
from kernel.ids import random_id

NOW = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)


def a_mail(status: MailStatus = MailStatus.SENDING, **facts: object) -> Mail:
    values = {
        "mail_id": random_id("mail"),
        "campaign": random_id("cmp"),
        "part": 3,
        "customer_id": "alice",
        "address_id": random_id("adr"),
        "status": status,
        "since": NOW,
        "token": "ours",
        **facts,
    }
    return Mail(**values)  # type: ignore[arg-type]


class TestTheMoves:
    def test_agree_with_their_chart(self) -> None:
        chart = Path(settings.BASE_DIR, "docs/states/mail.md").read_text()
        arrows = {
            tuple(part.strip() for part in line.partition(":")[0].split("-->"))
            for line in chart.splitlines()
            if "-->" in line and "[*]" not in line
        }
        assert arrows == {(str(old), str(new)) for old, moves in NEXT.items() for new in moves}

    def test_never_lead_from_unknown_to_sending(self) -> None:
        assert MailStatus.SENDING not in NEXT[MailStatus.UNKNOWN]

    def test_leave_rejected_what_ses_rejected(self) -> None:
        rejected = a_mail(MailStatus.FAILED, reason=REJECTED)
        assert not rejected.may_become(MailStatus.SENT)
        assert rejected.may_become(MailStatus.SENDING)

    @pytest.mark.parametrize(("round", "due"), [(1, False), (2, True)])
    def test_send_a_failed_mail_in_a_later_round_only(self, round: int, due: bool) -> None:
        assert a_mail(MailStatus.FAILED).is_due(round) is due
        assert not a_mail(MailStatus.UNKNOWN).is_due(round)
        assert not a_mail(MailStatus.SENT).is_due(round)

    def test_tell_an_orphan_from_ones_own(self) -> None:
        assert a_mail().was_left_by("theirs")
        assert not a_mail().was_left_by("ours")


class TestFeedback:
    def test_that_is_bad_outranks_a_delivery(self) -> None:
        assert outranks(Feedback.DELIVERED, None)
        assert outranks(Feedback.COMPLAINED, Feedback.DELIVERED)
        assert not outranks(Feedback.DELIVERED, Feedback.BOUNCED)
        assert not outranks(Feedback.BOUNCED, Feedback.BOUNCED)


class TestTheRepository:
    @pytest.mark.parametrize("status", MailStatus)
    def test_reads_what_it_writes(self, status: MailStatus) -> None:
        mail = a_mail(status, reason="why", provider_id="ses-1", feedback=Feedback.DELIVERED)
        assert mail_from_item(mail_to_item(mail)) == mail
        assert mail_from_item(mail_to_item(a_mail(status))).reason == ""

    def test_lets_one_of_two_intend(self) -> None:
        mail = a_mail()
        MAILS.intend([mail])
        with pytest.raises(Conflict):
            MAILS.intend([replace(mail, token="theirs")])
        assert MAILS.find(mail.mail_id) == mail

    def test_intends_all_or_none(self) -> None:
        first, second = a_mail(), a_mail()
        MAILS.intend([first])
        with pytest.raises(Conflict):
            MAILS.intend([second, replace(first, token="theirs")])
        assert MAILS.find(second.mail_id) is None

    def test_moves_the_tally_with_the_mails(self) -> None:
        mails = [a_mail(campaign="c", part=1) for _ in range(3)]
        campaign = random_id("cmp")
        mails = [replace(each, campaign=campaign) for each in mails]
        MAILS.intend(mails)
        assert MAILS.tally(campaign) == Tally()
        sent = [replace(each, status=MailStatus.SENT, version=2) for each in mails]
        MAILS.conclude(sent[:2], mails[2:])
        assert MAILS.tally(campaign) == Tally(sent=2)
        assert MAILS.find(mails[2].mail_id) is None

    def test_concludes_no_intent_of_somebody_else(self) -> None:
        mail = a_mail()
        MAILS.intend([mail])
        late = replace(mail, status=MailStatus.SENT, token="theirs", version=2)
        with pytest.raises(Conflict):
            MAILS.conclude([late], [])
        with pytest.raises(Conflict):
            MAILS.conclude([], [replace(mail, token="theirs")])
        assert MAILS.tally(mail.campaign) == Tally()

    def test_concludes_nothing_that_was_given_up(self) -> None:
        mail = a_mail()
        MAILS.intend([mail])
        move(mail.mail_id, MailStatus.UNKNOWN)
        with pytest.raises(Conflict):
            MAILS.conclude([replace(mail, status=MailStatus.SENT, version=2)], [])
        assert MAILS.tally(mail.campaign) == Tally(unknown=1)

    def test_sends_a_failed_mail_again_in_a_later_round(self) -> None:
        mail = a_mail()
        MAILS.intend([mail])
        MAILS.conclude([replace(mail, status=MailStatus.FAILED, version=2)], [])
        again = replace(mail, token="theirs", version=3)
        with pytest.raises(Conflict):
            MAILS.intend([again])
        MAILS.intend([replace(again, round=2)])
        assert MAILS.tally(mail.campaign) == Tally()

    def test_moves_only_what_it_has_read(self) -> None:
        mail = a_mail()
        MAILS.intend([mail])
        move(mail.mail_id, MailStatus.UNKNOWN)
        with pytest.raises(Conflict):
            MAILS.move(mail, replace(mail, status=MailStatus.SENT, version=2))

    def test_lists_what_needs_attention(self) -> None:
        mails = [replace(a_mail(), campaign=f"{random_id('cmp')}") for _ in range(2)]
        for mail in mails:
            MAILS.intend([mail])
            move(mail.mail_id, MailStatus.UNKNOWN, clock=lambda: NOW + timedelta(minutes=1))
        found = list(MAILS.needing_attention(mails[0].campaign, MailStatus.UNKNOWN))
        assert [each.mail_id for each in found] == [mails[0].mail_id]
        assert list(MAILS.needing_attention(mails[0].campaign, MailStatus.FAILED)) == []
