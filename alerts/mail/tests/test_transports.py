"""The two ways out: what each makes of the answers that it can get."""

from typing import Any

import pytest

from alerts.mail.domain.outcomes import Verdict
from alerts.mail.repository.files import Rendered
from alerts.mail.tests.sink import Sink
from alerts.mail.transports.ses import Ses
from alerts.mail.transports.smtp import Smtp
from aws import sessions
from aws.tests.test_ses import Answering
from kernel.ids import random_id


def a_mail() -> Rendered:
    mail_id = random_id("mail")
    raw = f"Message-ID: <{mail_id}@bank.example>\r\nSubject: Hi\r\n\r\nHello\r\n.\r\n..x\r\n"
    return Rendered(
        mail_id=mail_id,
        customer_id="alice",
        address_id="adr_x",
        address="alice@bank.example",
        raw=raw.encode(),
    )


class TestSmtp:
    def test_hands_the_message_over_as_it_is(self, sink: Sink) -> None:
        mail = a_mail()
        assert Smtp().send(mail).verdict is Verdict.ACCEPTED
        assert sink.accepted[0].to == mail.address
        assert sink.accepted[0].raw.endswith(mail.raw)

    def test_tags_it_for_ses(self, sink: Sink) -> None:
        mail = a_mail()
        Smtp().send(mail)
        assert f"X-SES-MESSAGE-TAGS: mail={mail.mail_id}\r\n".encode() in sink.accepted[0].raw
        assert b"X-SES-CONFIGURATION-SET: test-mail\r\n" in sink.accepted[0].raw

    def test_keeps_the_id_that_ses_gives(self, sink: Sink) -> None:
        sink.after = lambda _message: "250 Ok 0100017c-example"
        assert Smtp().send(a_mail()).provider_id == "0100017c-example"

    @pytest.mark.parametrize(
        ("answer", "verdict"),
        [
            ("451 Later", Verdict.THROTTLED),
            ("454 Throttling failure: Maximum sending rate exceeded", Verdict.THROTTLED),
            ("550 No such user", Verdict.REFUSED),
            ("554 Message rejected", Verdict.REFUSED),
        ],
    )
    def test_tells_later_from_never(self, sink: Sink, answer: str, verdict: Verdict) -> None:
        sink.before = lambda _message: answer
        assert Smtp().send(a_mail()).verdict is verdict
        assert sink.accepted == []

    def test_is_in_doubt_where_the_answer_is_lost(self, sink: Sink) -> None:
        sink.after = lambda _message: None
        smtp = Smtp()
        assert smtp.send(a_mail()).verdict is Verdict.IN_DOUBT
        assert len(sink.accepted) == 1
        sink.after = lambda _message: "250 Kept"
        assert smtp.send(a_mail()).verdict is Verdict.ACCEPTED  # on a new connection

    def test_knows_that_nothing_was_taken_where_nobody_listens(
        self, sink: Sink, settings: Any
    ) -> None:
        settings.MAIL = {**settings.MAIL, "smtp_port": 1}
        assert Smtp().send(a_mail()).verdict is Verdict.NOT_TAKEN


class TestSes:
    def test_is_in_doubt_only_where_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        verdicts = {}
        for status, code in [
            (429, "TooManyRequestsException"),
            (400, "MessageRejected"),
            (400, "SendingPausedException"),
            (500, "InternalFailure"),
            (403, "AccessDeniedException"),
        ]:
            with Answering(status, code) as endpoint:
                monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", endpoint.url)
                sessions.reset_clients()
                verdicts[code] = Ses().send(a_mail()).verdict
                assert endpoint.asked == 1, "a message was handed over twice"
        monkeypatch.undo()
        sessions.reset_clients()
        assert verdicts == {
            "TooManyRequestsException": Verdict.THROTTLED,
            "MessageRejected": Verdict.REFUSED,
            "SendingPausedException": Verdict.NOT_TAKEN,
            "InternalFailure": Verdict.IN_DOUBT,
            "AccessDeniedException": Verdict.IN_DOUBT,
        }
