"""Mails as they arrive, and the pages about them, by day and by night, wide and narrow.

`TXHUB_SHOTS` names a folder for pictures of them all.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.browser.test_quality import _SPILLING, serious_faults

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

KINDS = ("alert", "alert_digest", "payment_due", "statement_ready")
STAFF = ("campaigns", "campaign", "letters", "suppressions", *(f"preview {kind}" for kind in KINDS))
WIDTHS, SCHEMES = (1280, 360), ("light", "dark")


@pytest.fixture
def staff_cookies(live_server: "LiveServer", settings: object) -> list[dict[str, str]]:
    """An operator's session."""
    from django.contrib.auth.models import Group
    from django.test import Client

    from identity.staff import Role
    from identity.tests.people import new_staff

    Group.objects.get_or_create(name=Role.OPERATOR.value)
    client = Client()
    client.force_login(new_staff(Role.OPERATOR))
    cookie = client.cookies["sessionid"].value
    return [{"name": "sessionid", "value": cookie, "url": live_server.url}]


@pytest.fixture
def campaign(settings: object) -> str:
    """One that is sent but for a few."""
    from alerts.mail.services.post import post_office
    from alerts.mail.tests import world
    from alerts.mail.tests.sink import running_sink, settings_for
    from alerts.mail.transports import _made

    with running_sink() as sink:
        settings.MAIL = settings_for(sink)  # type: ignore[attr-defined]
        for kept in (post_office, _made):
            kept.cache_clear()
        lost, refused, *others = world.new_customers(12)
        sink.before = lambda message: "550 No" if message.to.startswith(refused) else None
        sink.after = lambda message: None if message.to.startswith(lost) else "250 Kept"
        sent = world.sent(world.new_campaign(), [lost, refused, *others, "nobody"])
    for kept in (post_office, _made):
        kept.cache_clear()
    return sent.name


def address(name: str, campaign: str) -> str:
    if name.startswith("preview"):
        return f"/admin/mail/preview/{name.partition(' ')[2]}/"
    return {
        "campaigns": "/admin/mail/",
        "campaign": f"/admin/mail/campaigns/{campaign}/",
        "letters": "/admin/mail/letters/",
        "suppressions": "/admin/mail/suppressions/",
    }[name]


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("TXHUB_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def look_at(page: Page, name: str) -> None:
    """In every width and scheme; axe, which takes a second, in each width and each scheme once."""
    for width, looked_at in zip(WIDTHS, SCHEMES, strict=True):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            keep_picture(page, f"{name}-{width}-{scheme}")
            if scheme == looked_at:
                assert serious_faults(page) == [], f"{scheme}, {width} px"


@pytest.mark.django_db(transaction=True)
class TestStaffPages:
    def test_have_nothing_that_axe_calls_serious(
        self, new_page: NewPage, staff_cookies: list[dict[str, str]], campaign: str
    ) -> None:
        page = new_page()
        page.set_default_timeout(60_000)
        page.context.add_cookies(staff_cookies)  # type: ignore[arg-type]
        for name in STAFF:
            page.goto(address(name, campaign), wait_until="load")
            look_at(page, f"staff-{name.replace(' ', '-')}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name

    def test_show_why_an_address_gets_no_mail(
        self, new_page: NewPage, staff_cookies: list[dict[str, str]]
    ) -> None:
        from alerts.mail.tests.test_suppressions import suppress

        suppress("bounced@bank.example")
        page = new_page()
        page.context.add_cookies(staff_cookies)  # type: ignore[arg-type]
        page.goto(address("suppressions", ""))
        page.get_by_label("E-mail address").fill("bounced@bank.example")
        page.get_by_role("button", name="Look it up").click()
        page.get_by_role("heading", name="This address is suppressed").wait_for()
        look_at(page, "staff-suppressed")
        page.get_by_label("Why it works again").fill("Says so on the telephone.")
        page.get_by_role("button", name="Propose").click()
        page.get_by_text("A second person has to approve it.").wait_for()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", KINDS)
class TestAMail:
    def test_is_readable_anywhere(self, kind: str, new_page: NewPage) -> None:
        from alerts.mail import queries
        from alerts.mail.kinds import kind_named

        page = new_page()
        page.set_content(queries.preview(kind_named(kind)).html)
        look_at(page, f"mail-{kind}")
        page.set_viewport_size({"width": 320, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_is_readable_as_text(self, kind: str, new_page: NewPage) -> None:
        from html import escape

        from alerts.mail import queries
        from alerts.mail.kinds import kind_named

        said = queries.preview(kind_named(kind))
        page = new_page(width=640)
        page.set_content(f"<title>x</title><pre>{escape(said.text)}</pre>")
        keep_picture(page, f"text-{kind}")
        assert max(map(len, said.text.splitlines())) <= 100


@pytest.mark.django_db(transaction=True)
class TestUnsubscribing:
    def test_takes_one_press_without_signing_in(self, new_page: NewPage) -> None:
        from alerts.mail.domain.consents import Source
        from alerts.mail.repository import CONSENTS
        from alerts.mail.services.unsubscribing import decide, token_of

        decide("browser-alice", "alert_digest", given=True, source=Source.SETTINGS)
        page = new_page()
        page.goto(f"/mail/unsubscribe/{token_of('browser-alice', 'alert_digest')}/")
        look_at(page, "unsubscribe")
        page.get_by_role("button", name="Unsubscribe").click()
        page.get_by_role("heading", name="You are unsubscribed").wait_for()
        look_at(page, "unsubscribed")
        assert page.locator("main").evaluate(_SPILLING) == []
        consent = CONSENTS.find("browser-alice", "alert_digest")
        assert consent is not None
        assert not consent.given
