"""Staff's pages about identity, under `/admin/`."""

from django.urls import path

from identity.staff import Role
from identity.web import approvals, audit
from identity.web.front_page import StaffPage, on_front_page

urlpatterns = [
    path("approvals/", approvals.listing, name="approvals"),
    path("approvals/<str:proposal_id>/", approvals.detail, name="approval"),
    path("approvals/<str:proposal_id>/decide/", approvals.decide, name="approval-decide"),
    path("audit/", audit.listing, name="audit"),
]

on_front_page(
    StaffPage(
        title="Approvals",
        about="What colleagues propose and a second person decides on",
        name="approvals",
        role=Role.VIEWER,
    )
)
on_front_page(
    StaffPage(
        title="Audit log",
        about="Who did what to which data, and who looked at it",
        name="audit",
        role=Role.AUDITOR,
    )
)
