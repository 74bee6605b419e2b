"""Staff are Django users; what they may do is said by the groups they are in.

An approver approves and an operator proposes; everybody with a role may look. Two people are two
whatever their roles: a superuser has every role, and still cannot approve what they proposed.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import wraps
from typing import Any, ClassVar, Concatenate, ParamSpec

from django.contrib.auth.mixins import UserPassesTestMixin
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kernel.errors import Refused

_P = ParamSpec("_P")


class Role(StrEnum):
    """The names of the groups."""

    VIEWER = "viewer"  # looks at jobs, files and what customers have
    OPERATOR = "operator"  # runs jobs; proposes what needs a second person
    APPROVER = "approver"  # decides on what others propose
    AUDITOR = "auditor"  # reads and verifies the audit log


class RoleMissing(Refused):
    """Your role does not allow this."""

    code = "role_missing"
    http_status: ClassVar[int] = 403


def has_role(user: object, role: Role) -> bool:
    """Whether `user` (a request's user, whoever that is) is active staff with this role.

    Operators, approvers and auditors are viewers too.
    """
    return role in roles_of(user)


def roles_of(user: object) -> frozenset[Role]:
    """The roles of a member of staff; none for anybody else. Read once for each user object."""
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return frozenset()
    known: frozenset[Role] | None = user.__dict__.get("_roles")
    if known is None:
        known = user.__dict__["_roles"] = _read_roles(user)
    return known


def check_role(user: object, role: Role) -> None:
    """Raises `RoleMissing`."""
    if not has_role(user, role):
        raise RoleMissing


def actor_of(user: User) -> str:
    """How the audit log and proposals name a member of staff: an id, since names change."""
    return f"staff:{user.pk}"


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """The user names of those actors that are staff, for people to read."""
    ids = [int(each.partition(":")[2]) for each in actors if each.startswith("staff:")]
    return {actor_of(user): user.get_username() for user in User.objects.filter(pk__in=ids)}


def staff_of(request: HttpRequest) -> User:
    """Who is asking, in a view behind `requires_role`, which lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def requires_role(
    role: Role, *, to_post: Role | None = None
) -> Callable[
    [Callable[Concatenate[HttpRequest, _P], HttpResponse]],
    Callable[Concatenate[HttpRequest, _P], HttpResponse],
]:
    """For views: the admin's sign-in page for strangers, 403 for staff without the role.

    `to_post`: the role that a POST takes, where it is another than looking does.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, _P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, _P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
            needed = to_post if to_post and request.method == "POST" else role
            if has_role(request.user, needed):
                return view(request, *args, **kwargs)
            if roles_of(request.user):
                raise PermissionDenied
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))

        return guarded

    return decorate


class RoleRequiredMixin(UserPassesTestMixin):
    """For class-based views; the same as `requires_role`."""

    role: ClassVar[Role] = Role.VIEWER
    request: HttpRequest

    def test_func(self) -> bool:
        return has_role(self.request.user, self.role)

    def get_login_url(self) -> str:
        return reverse("admin:login")

    def handle_no_permission(self) -> Any:
        self.raise_exception = bool(roles_of(self.request.user))
        return super().handle_no_permission()


class SeenByStaffMixin:
    """For `ModelAdmin`s: viewers see it, nobody edits it by hand. Acts are actions of their own."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.VIEWER)

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return has_role(request.user, Role.VIEWER)

    def has_add_permission(self, _request: HttpRequest, *_parent: Any) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


def _read_roles(user: User) -> frozenset[Role]:
    if user.is_superuser:
        return frozenset(Role)
    names = user.groups.filter(name__in=list(Role)).values_list("name", flat=True)
    roles = {Role(name) for name in names}
    return frozenset(roles | {Role.VIEWER}) if roles else frozenset()
