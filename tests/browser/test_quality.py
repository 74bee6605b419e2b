"""What holds on every page: accessible, light, still, and no wider than the screen."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from tests.browser.conftest import NewPage

if TYPE_CHECKING:
    from tests.browser.customers import Household

BYTES_MAX = 100_000
_SERIOUS = {"serious", "critical"}
# What is well is not told element by element. Axe cannot speak to a sandboxed frame, and browsers
# complain where it tries; what a frame shows has an address of its own.
_AXE = '{"resultTypes": ["violations"], "iframes": false}'  # as JavaScript reads it
LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1280, "light"), (360, "dark"))
PAGES = (
    "sign-in", "accounts", "list", "searched", "nothing", "faulty", "new", "transaction", "missing",
)  # fmt: skip


@pytest.fixture(params=PAGES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def show(
    name: str, new_page: NewPage, signed_in: NewPage, household: "Household", **options: Any
) -> Page:
    """The page called `name`, in a browser of its own."""
    if name == "sign-in":
        page = new_page(**options)
        page.goto("/")
        return page
    first = household.transactions[2].transaction_id
    addresses = {
        "accounts": "/",
        "list": household.list,
        "searched": f"{household.list}?q=coffee&min_amount=1",
        "nothing": f"{household.list}?q=unicorn",
        "faulty": f"{household.list}?min_amount=plenty",
        "new": f"/accounts/{household.brand_new}/",
        "transaction": f"{household.list}transactions/{first}/",
        "missing": "/accounts/acc_none/",
    }
    page = signed_in(**options)
    page.goto(addresses[name])
    return page


class TestEveryPage:
    def test_has_nothing_that_axe_calls_serious(
        self, name: str, new_page: NewPage, signed_in: NewPage, household: "Household"
    ) -> None:
        page = show(name, new_page, signed_in, household)
        for details in page.locator("details").all():
            details.evaluate("each => { each.open = true }")
        assert serious_faults_of_looks(page) == []

    def test_fits_a_screen_of_320_pixels(
        self, name: str, new_page: NewPage, signed_in: NewPage, household: "Household"
    ) -> None:
        page = show(name, new_page, signed_in, household, width=320)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        cut = page.locator("main").evaluate(_SPILLING)
        assert cut == []

    def test_weighs_less_than_100_kb_uncompressed(
        self, name: str, new_page: NewPage, signed_in: NewPage, household: "Household"
    ) -> None:
        page = show(name, new_page, signed_in, household)
        sizes: dict[str, int] = {}

        def weigh(response: Response) -> None:
            sizes[response.url] = len(response.body())

        page.on("response", weigh)
        page.reload(wait_until="networkidle")
        page.wait_for_timeout(100)
        assert len(sizes) >= 5
        assert sum(sizes.values()) < BYTES_MAX, sizes

    def test_does_not_shift_while_it_loads(
        self, name: str, new_page: NewPage, signed_in: NewPage, household: "Household"
    ) -> None:
        page = show(name, new_page, signed_in, household)
        page.reload(wait_until="networkidle")
        assert page.evaluate(_SHIFT) == 0

    def test_has_one_main_heading_and_a_title(
        self, name: str, new_page: NewPage, signed_in: NewPage, household: "Household"
    ) -> None:
        page = show(name, new_page, signed_in, household)
        levels = page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')].map(each => +each.tagName[1])"
        )
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert page.title().strip().endswith("· TxHub")


def serious_faults_of_looks(page: Page) -> list[tuple[int, str, list[str]]]:
    """Axe takes seconds, so each width and each scheme is looked at once."""
    found = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found += [(width, *fault) for fault in serious_faults(page)]
    return found


def serious_faults(page: Page) -> list[tuple[str, list[str]]]:
    page.evaluate(_SETTLED)  # half-way from light to dark everything is grey
    return [
        (each["id"], [node["html"] for node in each["nodes"]])
        for each in Axe().run(page, options=_AXE)["violations"]
        if each["impact"] in _SERIOUS
    ]


# Elements whose right edge lies outside the window, apart from those that are only heard.
_SPILLING = """main => [...main.querySelectorAll('*')]
  .filter(each => !each.closest('.unseen, thead, datalist'))
  .filter(each => each.getBoundingClientRect().right > innerWidth + 0.5)
  .map(each => each.outerHTML.slice(0, 100))"""

_SETTLED = """() => Promise.all(document.getAnimations()
  .filter(each => each.effect.getComputedTiming().endTime !== Infinity)
  .map(each => each.finished.catch(() => null)))"""

_SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(sum), 200);
})"""
