"""Alerts in a browser: new ones come by themselves, and all of it works without JavaScript."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage, sign_in
from tests.browser.test_mail import look_at, staff_cookies
from tests.browser.test_quality import _SPILLING, serious_faults

if TYPE_CHECKING:
    from playwright.sync_api import Browser, StorageState
    from pytest_django.live_server_helper import LiveServer

    from identity.tests.people import Person
    from txhub.domain.entities import AccountId

__all__ = ["staff_cookies"]  # a fixture
ADDRESSES = {
    "inbox": "/alerts/",
    "nothing": "/alerts/?unread=1&kind=balance_low",
    "preferences": "/alerts/preferences/",
}


class Told:
    """Alice, her account, and what happens on it."""

    def __init__(self) -> None:
        from identity.tests.people import new_person
        from txhub.tests.web.visitors import account_of

        self.person: Person = new_person("Alice")
        self.account: AccountId = account_of(self.person)
        self.happens(-4_900, 50, merchant="Voltmart")
        self.happens(-4_900, 41, merchant="Voltmart")
        self.happens(-87_900, 30, merchant="Oak and Hinge")
        self.happens(2_450, 20, merchant="Threadneedle Row", kind="refund")

    def happens(self, minor: int, minutes_ago: int, **facts: Any) -> None:
        """A transaction, looked at twice at once."""
        from kernel.clock import utc_now
        from txhub.services import store_entries
        from txhub.tests.people import an_entry

        moment = utc_now() - timedelta(minutes=minutes_ago)
        reference = secrets.token_hex(8)
        facts = {"kind": "card", "source": reference, **facts}
        entry = an_entry(
            self.account, reference, moment.date(), minor,
            occurred_at=moment, occurred_on=moment.date(), **facts,
        )  # fmt: skip
        store_entries([entry])
        self._look_at(entry.transaction_id)

    def _look_at(self, transaction_id: str) -> None:
        from alerts.services.observing import fact_of
        from alerts.services.second_look import SecondLook
        from kernel.clock import utc_now
        from txhub.domain.entities import CustomerId
        from txhub.public import account_for, transactions_since

        account = account_for(CustomerId(self.person.customer_id), self.account)
        stored = transactions_since(account, utc_now().date() - timedelta(days=9))
        facts = [
            fact_of(each, seen=utc_now())
            for each in stored
            if each.transaction.transaction_id == transaction_id
        ]
        SecondLook().take({self.account: facts})


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


@pytest.fixture(scope="module")
def cookies(chromium: "Browser", live_server: "LiveServer", told: Told) -> "StorageState":
    context = chromium.new_context(base_url=live_server.url)
    sign_in(context.new_page(), told.person)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def visit(new_page: NewPage, cookies: "StorageState") -> NewPage:
    def make(address: str, **options: Any) -> Page:
        page = new_page(storage_state=cookies, **options)
        page.goto(address)
        return page

    return make


class TestInbox:
    def test_shows_a_new_alert_by_itself(self, visit: NewPage, told: Told) -> None:
        page = visit("/alerts/")
        expect(page.locator(".alert-row")).to_have_count(3)
        told.happens(3_300, 5, merchant="Paperweight Books", kind="refund")
        expect(page.locator(".alert-row").first).to_contain_text("£33.00")
        expect(page.locator("#unread")).to_contain_text("4")

    def test_takes_an_answer_without_javascript(self, visit: NewPage) -> None:
        page = visit("/alerts/", java_script_enabled=False)
        row = page.locator(".alert-row", has_text="Voltmart charged you")
        row.get_by_role("button", name="Yes").click()
        row = page.locator(".alert-row", has_text="Voltmart charged you")
        expect(row.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")
        expect(row.get_by_text("New", exact=True)).to_have_count(0)
        row.get_by_role("link", name="The latest transaction").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Voltmart")

    def test_keeps_what_was_chosen(self, visit: NewPage) -> None:
        page = visit("/alerts/preferences/")
        tips = page.get_by_role("group", name="Unusually generous tip")
        tips.get_by_label("E-mail").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        page.goto("/alerts/preferences/")
        expect(tips.get_by_label("E-mail")).to_be_checked()


@pytest.fixture
def replayed() -> str:
    """A replay over a bank of millions."""
    from alerts.domain.replays import Replay, ReplayStatus, Sample, Tally
    from alerts.domain.rulebook import Answers
    from alerts.repository.replays import REPLAY_REPOSITORY
    from kernel.clock import utc_now
    from kernel.ids import random_id

    tried = Tally(
        by_day={"2026-06-20": 1_234_567, "2026-06-21": 2_345_678},
        accounts=345_678,
        customers=234_567,
        answers=Answers(helpful=12_345, not_helpful=2_345),
    )
    reason = "You paid £2,499.00 to Voltmart on 20 June 2026."
    sample = Sample(account_id=random_id("acc"), transaction_ids=("txn_1",), reason=reason)
    replay = Replay(
        replay_id=random_id("rpl"), rule="large_purchase", number=0, days=90, asked_by="staff:1",
        asked_at=utc_now(), status=ReplayStatus.DONE, accounts=4_567_890, customers=3_456_789,
        transactions=987_654_321, tried=tried, samples=(sample,), is_sample=True,
    )  # fmt: skip
    REPLAY_REPOSITORY.save(replay)
    return replay.replay_id


@pytest.mark.django_db(transaction=True)
def test_staff_see_rules_and_replays_anywhere(
    new_page: NewPage, staff_cookies: list[dict[str, str]], replayed: str
) -> None:
    page = new_page()
    page.context.add_cookies(staff_cookies)  # type: ignore[arg-type]
    folder = "/admin/rules/large_purchase/"
    addresses = {
        "rules": "/admin/rules/",
        "rule": folder,
        "replay": f"{folder}replays/{replayed}/",
    }
    for name, address in addresses.items():
        page.goto(address, wait_until="load")
        look_at(page, f"staff-{name}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert page.locator("main").evaluate(_SPILLING) == [], name
    assert "987,654,321 transactions" in page.content()


@pytest.mark.parametrize("name", ["inbox", "nothing", "preferences"])
class TestPages:
    def test_are_accessible_and_fit(self, visit: NewPage, name: str) -> None:
        page = visit(ADDRESSES[name])
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert serious_faults(page) == []
            assert page.locator("main").evaluate(_SPILLING) == []

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_can_be_looked_at(self, visit: NewPage, name: str, scheme: str) -> None:
        """Pictures for people, in `var/pictures`."""
        from django.conf import settings

        folder = Path(settings.BASE_DIR) / "var" / "pictures"
        for width in (1280, 360):
            page = visit(ADDRESSES[name], width=width, color_scheme=scheme)
            path = folder / f"alerts-{name}-{scheme}-{width}.png"
            page.screenshot(path=path, full_page=True)
            assert path.stat().st_size > 0
