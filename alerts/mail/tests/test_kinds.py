"""Every kind of mail, found by itself: what each must have, and what none may say."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from alerts.mail.conf import conf
from alerts.mail.domain.kinds import (
    BadFact,
    Campaign,
    MailKind,
    NoSuchCampaign,
    checked_facts,
)
from alerts.mail.kinds import NoSuchKind, all_kinds, kind_named
from alerts.mail.repository import Contact
from alerts.mail.services.rendering import bodies, rendered

NOW = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
KINDS = list(all_kinds().values())
_AMOUNT = re.compile(r"[£$€¥]|\b\d+[.,]\d{2}\b|\b(?:GBP|EUR|USD)\b")
HOSTILE = "<img src=x onerror=alert(1)>\r\nBcc: x@y.example"


def says(kind: MailKind, name: str = "Alice Archer") -> tuple[str, str, str]:
    link = "https://bank.example/off/" if kind.can_unsubscribe else None
    said = bodies(kind, kind.sample, name=name, unsubscribe=link, settled=conf())
    return said.subject, said.text, said.html


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
class TestAKind:
    def test_is_named_after_its_file_and_folder(self, kind: MailKind) -> None:
        folder = Path(settings.BASE_DIR, "templates/alerts/mail", kind.name)
        assert {each.name for each in folder.iterdir()} == {
            "body.html",
            "body.txt",
            "subject.txt",
        }
        assert kind_named(kind.name) is kind

    def test_has_a_row_for_readers(self, kind: MailKind) -> None:
        page = Path(settings.BASE_DIR, "docs/howto-mail-kind.md").read_text()
        assert f"| `{kind.name}` | {kind.basis} |" in page

    def test_has_a_test_of_its_list(self, kind: MailKind) -> None:
        tests = Path(__file__).with_name("test_listings.py").read_text()
        words = "".join(map(str.capitalize, kind.name.split("_")))
        assert f"class Test{words}" in tests

    def test_says_the_same_in_text_and_html(self, kind: MailKind) -> None:
        subject, text, html = says(kind)
        assert 10 < len(subject) <= 70
        assert "\n" not in subject
        for body in (text, html):
            assert "Hello Alice Archer," in body
            assert conf().site + kind.path in body
            assert kind.about in body
        assert "{{" not in text + html
        assert "{%" not in text + html

    def test_names_no_amount(self, kind: MailKind) -> None:
        subject, text, _html = says(kind)
        assert _AMOUNT.search(subject + text) is None

    def test_loads_nothing_from_elsewhere(self, kind: MailKind) -> None:
        """No picture, no script, no font: nothing tells anybody that it was opened."""
        _subject, _text, html = says(kind)
        assert re.search(r"<(?:img|script|link|iframe|form)\b|url\(", html) is None

    def test_offers_to_unsubscribe_where_it_is_optional(self, kind: MailKind) -> None:
        _subject, text, html = says(kind)
        assert ("https://bank.example/off/" in text) is kind.can_unsubscribe
        assert ("https://bank.example/off/" in html) is kind.can_unsubscribe

    def test_greets_nobody_whose_name_is_none(self, kind: MailKind) -> None:
        _subject, text, html = says(kind, HOSTILE)
        assert "Hello," in text
        assert "Hello," in html
        assert "onerror" not in text + html

    def test_escapes_facts_in_html(self, kind: MailKind) -> None:
        facts = {
            name: HOSTILE if isinstance(value, str) else value
            for name, value in kind.sample.items()
        }
        said = bodies(kind, facts, name="", unsubscribe=None, settled=conf())
        assert "<img" not in said.html
        assert "\n" not in said.subject

    def test_is_rendered_the_same_twice(self, kind: MailKind) -> None:
        contact = Contact(customer_id="alice", address="alice@bank.example", name="Alice")
        campaign = Campaign(kind=kind.name, day=date(2026, 6, 30)).name
        first, second = (
            rendered(kind, campaign, "alice", kind.sample, contact, now=NOW) for _ in range(2)
        )
        assert first == second
        assert first.raw


class TestACampaign:
    @pytest.mark.parametrize("name", ["statement_ready.2026-06-30", "alert_digest.2026-06-30.2"])
    def test_is_found_by_its_name(self, name: str) -> None:
        assert Campaign.named(name).name == name

    @pytest.mark.parametrize("name", ["", "x", "x.2026", "x.2026-06-30.y"])
    def test_that_is_none_is_said_to_be(self, name: str) -> None:
        with pytest.raises(NoSuchCampaign):
            Campaign.named(name)

    def test_of_no_kind_is_refused(self) -> None:
        with pytest.raises(NoSuchKind):
            kind_named("spam")


class TestFacts:
    @pytest.mark.parametrize("facts", [{"a b": 1}, {"a": 1.5}, {"a": "x" * 201}, {"a": True}])
    def test_are_short_texts_and_whole_numbers(self, facts: dict[str, object]) -> None:
        with pytest.raises(BadFact):
            checked_facts(facts)  # type: ignore[arg-type]
