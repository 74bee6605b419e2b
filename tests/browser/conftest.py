"""A real browser on the real pages, over this run's engine. Whatever the browser complains about
fails the test: scripts, styles that the policy blocks, missing files.

`TXHUB_CHROMIUM` names the browser where it is not on the path.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import StorageState, ViewportSize
    from pytest_django.live_server_helper import LiveServer

    from identity.tests.people import Person
    from tests.browser.customers import Household

_NAMES = (
    "chromium-headless-shell",  # the same without a window, for a third of the CPU
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

NewPage = Callable[..., Page]


def installed_chromium() -> str | None:
    """Where the browser is; None where there is none."""
    return os.environ.get("TXHUB_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = os.path.dirname(__file__)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = installed_chromium()
    if found is None:
        pytest.skip("Chromium is not installed (or name it in TXHUB_CHROMIUM)")
    # Playwright's loop runs in this thread, and Django would refuse its own database calls in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def household() -> "Household":
    from tests.browser.customers import new_household

    return new_household()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about."""
    return []


@pytest.fixture
def new_page(
    chromium: Browser, live_server: "LiveServer", complaints: list[str]
) -> Iterator[NewPage]:
    """`new_page(width=..., **options of the context)`: a page of a browser of its own."""
    contexts: list[BrowserContext] = []

    def make(*, width: int = 1280, height: int = 900, **options: Any) -> Page:
        viewport: ViewportSize = {"width": width, "height": height}
        context = chromium.new_context(base_url=live_server.url, viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: _note(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture(scope="session")
def session_cookies(
    chromium: Browser, live_server: "LiveServer", household: "Household"
) -> "StorageState":
    """The household's session: signed in once, since that is what takes the time."""
    context = chromium.new_context(base_url=live_server.url)
    sign_in(context.new_page(), household.person)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def signed_in(new_page: NewPage, session_cookies: "StorageState") -> NewPage:
    """The same with the household signed in."""

    def make(**options: Any) -> Page:
        return new_page(storage_state=session_cookies, **options)

    return make


def sign_in(page: Page, person: "Person") -> None:
    page.goto("/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Accounts", exact=True).wait_for()


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    """Chromium also notes each page that answers 404 or 422: that is for the test to judge."""
    is_answer = message.text.startswith("Failed to load resource: the server responded")
    is_page = "/static/" not in message.location["url"]
    if message.type in {"error", "warning"} and not (is_answer and is_page):
        complaints.append(message.text)
