"""Every page of operators, as the URL configuration has it: none is open to those who have no role.

So a page that somebody adds and forgets to guard fails here. Django's own admin guards itself.
"""

from collections.abc import Iterable, Iterator

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from identity.tests.people import new_staff

SAMPLES = {"int": "1", "str": "x", "slug": "x"}


def staff_pages() -> list[str]:
    routes = {_sample(route) for route in _routes(get_resolver().url_patterns)}
    return sorted(each for each in routes if each.startswith(("admin/", "ops/")))


def _routes(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver) and each.app_name != "admin":
            yield from _routes(each.url_patterns, route)
        elif isinstance(each, URLPattern):
            yield route


def _sample(route: str) -> str:
    """The route with something in the place of each of its parameters."""
    for name, value in SAMPLES.items():
        while f"<{name}:" in route:
            begin = route.index(f"<{name}:")
            route = route[:begin] + value + route[route.index(">", begin) + 1 :]
    return route


def _is_refused(answer: HttpResponseBase) -> bool:
    leads_to_sign_in = answer.get("Location", "").startswith("/admin/login/")
    return leads_to_sign_in or answer.status_code in {403, 405}


@pytest.mark.django_db
class TestStaffPages:
    def test_are_found(self) -> None:
        assert {"ops/", "ops/look-up/", "admin/audit/", "admin/mail/", "admin/rules/"} <= set(
            staff_pages()
        )

    @pytest.mark.parametrize("signed_in", [False, True])
    def test_are_for_nobody_without_a_role(self, signed_in: bool, client: Client) -> None:
        if signed_in:
            client.force_login(new_staff())
        pages = [f"/{page}" for page in staff_pages()]
        for ask in (client.get, client.post):
            assert [page for page in pages if not _is_refused(ask(page))] == []
