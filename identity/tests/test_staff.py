import re
import secrets
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.views import View

from identity import audit
from identity.customers import Customer
from identity.staff import (
    Role,
    RoleMissing,
    RoleRequiredMixin,
    actor_of,
    check_role,
    has_role,
    requires_role,
    roles_of,
)
from identity.tests.people import StaffMaker

GOOD = "correct-horse-battery"


class TestRoles:
    @pytest.mark.django_db
    def test_exist_as_groups(self) -> None:
        assert set(Group.objects.values_list("name", flat=True)) >= set(Role)

    def test_belong_to_their_members(self, staff: StaffMaker) -> None:
        user = staff(Role.OPERATOR)
        assert roles_of(user) == {Role.OPERATOR, Role.VIEWER}
        assert has_role(user, Role.OPERATOR)
        assert not has_role(user, Role.APPROVER)

    def test_are_none_without_a_group(self, staff: StaffMaker) -> None:
        assert roles_of(staff()) == frozenset()

    def test_are_all_a_superusers(self, staff: StaffMaker) -> None:
        assert roles_of(staff(is_superuser=True)) == set(Role)

    def test_end_with_the_account(self, staff: StaffMaker) -> None:
        assert roles_of(staff(Role.OPERATOR, is_active=False)) == frozenset()

    @pytest.mark.parametrize(
        "user",
        [None, AnonymousUser(), Customer(customer_id="c")],
        ids=lambda each: type(each).__name__,
    )
    def test_are_for_staff_only(self, user: object) -> None:
        assert not any(has_role(user, role) for role in Role)

    def test_are_checked_aloud(self, staff: StaffMaker) -> None:
        check_role(staff(Role.APPROVER), Role.APPROVER)
        with pytest.raises(RoleMissing):
            check_role(staff(Role.OPERATOR), Role.APPROVER)


@requires_role(Role.OPERATOR)
def view_function(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


class ViewClass(RoleRequiredMixin, View):
    role = Role.OPERATOR

    def get(self, _request: HttpRequest) -> HttpResponse:
        return HttpResponse("in")


@pytest.mark.parametrize("view", [view_function, ViewClass.as_view()], ids=["function", "class"])
class TestGuardedViews:
    def ask(self, view: object, user: object) -> HttpResponse:
        request = RequestFactory().get("/ops/")
        request.user = user  # type: ignore[assignment]
        response = view(request)  # type: ignore[operator]
        assert isinstance(response, HttpResponse)
        return response

    def test_let_the_role_in(self, view: object, staff: StaffMaker) -> None:
        assert self.ask(view, staff(Role.OPERATOR)).content == b"in"

    def test_refuse_other_roles(self, view: object, staff: StaffMaker) -> None:
        with pytest.raises(PermissionDenied):
            self.ask(view, staff(Role.AUDITOR))

    def test_send_strangers_to_the_staff_sign_in(self, view: object) -> None:
        assert self.ask(view, AnonymousUser())["Location"].startswith("/admin/login/?next=/ops/")


@pytest.mark.django_db
class TestCreateStaff:
    def run(self, username: str, *roles: Role, password: str = GOOD) -> str:
        out = StringIO()
        arguments = [part for role in roles for part in ("--role", role.value)]
        call_command("create_staff", username, "--password", password, *arguments, stdout=out)
        return out.getvalue()

    def test_makes_somebody_who_can_sign_in(self) -> None:
        username = f"ola-{secrets.token_hex(4)}"
        said = self.run(username, Role.OPERATOR, Role.APPROVER)
        user = User.objects.get(username=username)
        assert user.check_password(GOOD)
        assert roles_of(user) == {Role.OPERATOR, Role.APPROVER, Role.VIEWER}
        assert said == f"{username}: approver, operator\n"

    def test_repeated_sets_the_roles_again(self) -> None:
        username = f"ola-{secrets.token_hex(4)}"
        self.run(username, Role.OPERATOR)
        self.run(username, Role.AUDITOR)
        assert roles_of(User.objects.get(username=username)) == {Role.AUDITOR, Role.VIEWER}

    def test_is_audited(self) -> None:
        username = f"ola-{secrets.token_hex(4)}"
        self.run(username, Role.OPERATOR)
        user = User.objects.get(username=username)
        (entry,) = [
            each
            for each in audit.entries_about(actor_of(user), limit=1)
            if each.action == "staff.created"
        ]
        assert audit.detail_of(entry) == {"roles": "operator"}

    def test_refuses_a_weak_password(self) -> None:
        with pytest.raises(CommandError, match="too short"):
            self.run("ola", Role.OPERATOR, password="x1")
        assert not User.objects.filter(username="ola").exists()


@pytest.mark.django_db
class TestStaffSignIn:
    def attempt(self, username: str, password: str, address: str) -> str:
        form = {"username": username, "password": password, "next": "/admin/approvals/"}
        page = Client(REMOTE_ADDR=address).post("/admin/login/", form)
        return page["Location"] if page.status_code == 302 else page.content.decode()

    @override_settings(IDENTITY={"attempts_per_email": 2})
    def test_is_limited(self, address: str) -> None:
        username = f"ola-{secrets.token_hex(4)}"
        User.objects.create_user(username, password=GOOD, is_staff=True)
        assert self.attempt(username, GOOD, address) == "/admin/approvals/"
        for _ in range(2):
            assert "Please enter the correct username" in self.attempt(username, "wrong", address)
        assert "Too many sign-in attempts" in self.attempt(username, GOOD, address)


class TestAuditPage:
    def page(self, user: User, query: str = "") -> tuple[int, str]:
        browser = Client()
        browser.force_login(user)
        response = browser.get(f"/admin/audit/{query}")
        return response.status_code, response.content.decode()

    def test_shows_auditors_who_did_what(self, staff: StaffMaker) -> None:
        actor = staff(Role.OPERATOR)
        subject = f"job:{secrets.token_hex(6)}"
        audit.record(
            actor=actor_of(actor), action="job.stopped", subject=subject, detail={"a": "z9"}
        )
        status, text = self.page(staff(Role.AUDITOR))
        assert status == 200
        assert subject in text
        assert actor.username in text
        assert "z9" not in text

    def test_shows_details_of_one_subject_and_notes_that(self, staff: StaffMaker) -> None:
        auditor = staff(Role.AUDITOR)
        subject = f"job:{secrets.token_hex(6)}"
        audit.record(actor="system", action="job.stopped", subject=subject, detail={"a": "z9"})
        _status, text = self.page(auditor, f"?subject={subject}")
        assert "a: z9" in text
        (look, _stop) = audit.entries_about(subject)
        assert (look.actor, look.action) == (actor_of(auditor), "audit.viewed")

    def test_pages_back(self, staff: StaffMaker) -> None:
        entries = [
            audit.record(actor="system", action="test.paged", subject=f"job:{n}")
            for n in range(101)
        ]
        _status, first = self.page(staff(Role.AUDITOR))
        older = re.search(r"\?before=(\d+)", first)
        assert older
        assert int(older[1]) == entries[1].sequence
        _status, second = self.page(staff(Role.AUDITOR), f"?before={older[1]}")
        assert f"<td>{entries[0].sequence}</td>" in second

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.APPROVER])
    def test_refuses_other_roles(self, staff: StaffMaker, role: Role) -> None:
        assert self.page(staff(role))[0] == 403
