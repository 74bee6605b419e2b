"""The README's pictures, of a demo that runs: `python -m tests.browser.pictures`.

What they show is the generated bank; sign-ins are read from `var/demo.json`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, installed_chromium

_ROOT = Path(__file__).resolve().parents[2]
_PICTURES = _ROOT / "docs" / "pictures"
_SETTLED_MS = 1_500  # charts have drawn themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    name: str
    path: str
    who: Literal["customer", "operator"] = "customer"
    width: int = 1280
    height: int = 800
    scheme: Literal["light", "dark"] = "light"


def _pictures(account: str) -> tuple[_Picture, ...]:
    sensor = quote("leeds/vault:temperature", safe="")
    return (
        _Picture(name="account", path=f"/accounts/{account}/"),
        _Picture(
            name="account-phone", path=f"/accounts/{account}/", width=390, height=800, scheme="dark"
        ),
        _Picture(name="alerts", path="/alerts/", height=560),
        _Picture(name="sensor", path=f"/sensors/chart/?sensor={sensor}"),
        _Picture(name="overview", path="/ops/", who="operator"),
    )


def main() -> None:
    demo = json.loads((_ROOT / "var" / "demo.json").read_text())
    _PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_chromium(), args=ARGUMENTS)
        for picture in _pictures(demo["customers"][0]["accounts"][0]):
            _take(browser, demo, picture)
        browser.close()


def _take(browser: Browser, demo: dict[str, Any], picture: _Picture) -> None:
    context = browser.new_context(
        base_url=demo["url"],
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.scheme,
    )
    page = context.new_page()
    _sign_in_customer(page, demo) if picture.who == "customer" else _sign_in_staff(page, demo)
    page.goto(picture.path)
    page.wait_for_timeout(_SETTLED_MS)
    page.screenshot(path=_PICTURES / f"{picture.name}.png")
    context.close()


def _sign_in_customer(page: Page, demo: dict[str, Any]) -> None:
    customer = demo["customers"][0]
    page.goto("/")
    page.fill("input[type=email]", customer["email"])
    page.fill("input[type=password]", customer["password"])
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def _sign_in_staff(page: Page, demo: dict[str, Any]) -> None:
    page.goto("/admin/login/?next=/ops/")
    page.fill("input[name=username]", demo["staff"]["username"])
    page.fill("input[name=password]", demo["staff"]["password"])
    page.click("[type=submit]")
    page.wait_for_load_state()


if __name__ == "__main__":
    main()
