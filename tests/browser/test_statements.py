"""Statements and spending in a browser: on screens of any width, by day and night, as a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage, sign_in
from tests.browser.test_quality import _SPILLING, BYTES_MAX, serious_faults_of_looks

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Response, StorageState
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.statements import Stated

PAGES = (
    "list", "one", "corrected", "old version", "long", "summary", "none", "account", "spending",
)  # fmt: skip


@pytest.fixture(scope="module")
def stated() -> "Stated":
    from tests.browser.statements import new_stated

    return new_stated()


@pytest.fixture(scope="module")
def cookies(chromium: "Browser", live_server: "LiveServer", stated: "Stated") -> "StorageState":
    context = chromium.new_context(base_url=live_server.url)
    sign_in(context.new_page(), stated.person)
    state = context.storage_state()
    context.close()
    return state


def address(name: str, stated: "Stated") -> str:
    return {
        "list": stated.list,
        "one": f"{stated.list}2025-10/",
        "corrected": f"{stated.list}2026-01/",
        "old version": f"{stated.list}2026-01/?version=1",
        "long": f"{stated.list}2026-03/",
        "summary": f"/accounts/{stated.summaries}/statements/2026-04/",
        "none": f"/accounts/{stated.brand_new}/statements/",
        "account": f"/accounts/{stated.everyday}/",
        "spending": f"/accounts/{stated.everyday}/spending/?month=2026-03",
    }[name]


@pytest.fixture
def visit(new_page: NewPage, cookies: "StorageState", stated: "Stated") -> NewPage:
    """`visit("list", width=...)`: the page of that name."""

    def make(name: str, **options: object) -> Page:
        page = new_page(storage_state=cookies, **options)
        page.goto(address(name, stated))
        return page

    return make


@pytest.mark.parametrize("name", PAGES)
class TestEveryPage:
    def test_has_nothing_that_axe_calls_serious(self, name: str, visit: NewPage) -> None:
        page = visit(name)
        assert serious_faults_of_looks(page) == []

    def test_fits_a_screen_of_320_pixels(self, name: str, visit: NewPage) -> None:
        page = visit(name, width=320)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("main").evaluate(_SPILLING) == []

    def test_weighs_less_than_100_kb_uncompressed(self, name: str, visit: NewPage) -> None:
        page = visit(name)
        sizes: dict[str, int] = {}

        def weigh(response: "Response") -> None:
            sizes[response.url] = len(response.body())

        page.on("response", weigh)
        page.reload(wait_until="networkidle")
        page.wait_for_timeout(100)
        assert sum(sizes.values()) < BYTES_MAX, sizes


@pytest.mark.journey
class TestCustomer:
    def test_goes_from_the_account_to_a_statement_and_takes_it_along(
        self, visit: NewPage, stated: "Stated", tmp_path: Path
    ) -> None:
        page = visit("list")
        page.goto(f"/accounts/{stated.everyday}/")
        page.get_by_role("link", name="Statements").click()
        page.get_by_role("link", name="October 2025", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Statement, October 2025")
        with page.expect_download() as download:
            page.get_by_role("link", name="Download PDF").click()
        assert download.value.suggested_filename == "statement-2025-10.pdf"
        download.value.save_as(tmp_path / "it.pdf")
        assert (tmp_path / "it.pdf").read_bytes().startswith(b"%PDF-")

    def test_turns_the_pages_of_a_long_one(self, visit: NewPage) -> None:
        page = visit("long")
        expect(page.locator("main")).to_contain_text("1 to 100 of")
        page.get_by_role("link", name="Later").click()
        expect(page.locator("main")).to_contain_text("101 to")
        page.get_by_role("link", name="Earlier").click()
        expect(page.locator("main")).to_contain_text("1 to 100 of")
