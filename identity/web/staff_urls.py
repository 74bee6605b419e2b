"""Staff's pages about identity, under `/admin/`."""

from django.urls import path

from identity.web import approvals, audit

urlpatterns = [
    path("approvals/", approvals.listing, name="approvals"),
    path("approvals/<str:proposal_id>/", approvals.detail, name="approval"),
    path("approvals/<str:proposal_id>/decide/", approvals.decide, name="approval-decide"),
    path("audit/", audit.listing, name="audit"),
]
