"""Every role against every page of staff's own, as the URL configuration has them: a page that is
added and not written down here fails."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from identity.staff import Role
from identity.tests.people import new_staff

# What all who have a role may look at.
PAGES = {
    "approvals", "approval", "disputes", "staff-dispute", "staff-matches", "staff-match",
    "staff-statements", "staff-checkouts", "staff-checkout", "staff-sensor-archive",
    "staff-sensor-cost", "mail-campaigns", "mail-letters", "mail-preview", "mail-preview-html",
    "mail-campaign", "staff-rules", "staff-rule", "staff-replay",
    "ops", "ops-alarms", "ops-alarm", "ops-cost", "ops-look-up", "ops-letters", "ops-queue",
    "ops-consumers", "ops-consumer", "ops-logs", "ops-data", "ops-dashboard",
}  # fmt: skip
# What one role alone may do, or see.
RESERVED = {
    "audit": Role.AUDITOR,
    "approval-decide": Role.APPROVER,
    "ops-letter": Role.OPERATOR,
    "ops-letter-act": Role.OPERATOR,
    "ops-alarm-act": Role.OPERATOR,
    "ops-consumer-act": Role.OPERATOR,
    "staff-checkout-act": Role.OPERATOR,
    "staff-rule-act": Role.OPERATOR,
    "mail-campaign-act": Role.OPERATOR,
    "mail-suppressions": Role.OPERATOR,
    "mail-suppressions-lift": Role.OPERATOR,
    "txhub_jobexecution_act": Role.OPERATOR,
    "txhub_quarantinedrow_correct": Role.OPERATOR,
}
# Django's own lists of models and what stands on them; txhub/tests/batch/test_admin.py tries those.
_OF_MODELS = re.compile(r"_(changelist|change|add|delete|history)$")
_ACTS = ("act", "decide", "lift")  # these are posted
_FOUND_NOTHING = {200, 302, 400, 404, 405}


def ours(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    """Names and addresses under `/ops/` and `/admin/` that are no part of Django itself."""
    for each in patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from ours(each.url_patterns, path)
        elif path.startswith(("ops/", "admin/")) and not _is_djangos(each):
            yield str(each.name), "/" + re.sub(r"<[^>]+>", "nobody", path)


def _is_djangos(each: URLPattern) -> bool:
    of_django = each.callback.__module__.startswith("django.")
    return of_django or bool(_OF_MODELS.search(str(each.name)))


ALL = dict(ours(get_resolver().url_patterns))


def test_every_page_is_written_down() -> None:
    assert set(ALL) == PAGES | set(RESERVED)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ALL))
class TestAPage:
    def test_is_for_nobody_without_a_role(self, name: str, client: Client) -> None:
        asks = client.post if name.endswith(_ACTS) else client.get
        for signed_in in (False, True):
            if signed_in:
                client.force_login(new_staff())
            answer = asks(ALL[name])
            assert answer.status_code == 302
            assert answer["Location"].startswith("/admin/login/")

    def test_is_for_its_roles_alone(self, name: str, client: Client) -> None:
        asks = client.post if name.endswith(_ACTS) else client.get
        for role in Role:
            client.force_login(new_staff(role))
            answer = asks(ALL[name])
            if RESERVED.get(name, role) is role:
                assert answer.status_code in _FOUND_NOTHING
                assert not answer.get("Location", "").startswith("/admin/login/")
            else:
                assert answer.status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_for_all_takes_nothing_from_those_who_only_look(name: str, client: Client) -> None:
    for role in set(Role) - {Role.OPERATOR}:
        client.force_login(new_staff(role))
        assert client.post(ALL[name]).status_code in {403, 405}
