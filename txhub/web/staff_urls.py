"""Staff's pages about what customers have, under `/admin/`."""

from django.urls import path

from identity.staff import Role
from identity.web.front_page import StaffPage, on_front_page
from txhub.web import staff_disputes, staff_matches, staff_statements

urlpatterns = [
    path("disputes/", staff_disputes.listing, name="disputes"),
    path(
        "disputes/<str:account_id>/<str:transaction_id>/",
        staff_disputes.detail,
        name="staff-dispute",
    ),
    path("matches/", staff_matches.listing, name="staff-matches"),
    path(
        "matches/<str:account_id>/<str:posting_id>/",
        staff_matches.detail,
        name="staff-match",
    ),
    path("statements/", staff_statements.listing, name="staff-statements"),
]

on_front_page(
    StaffPage(
        title="Disputes",
        about="Transactions that customers do not recognise",
        name="disputes",
        role=Role.VIEWER,
    )
)
on_front_page(
    StaffPage(
        title="Doubtful matches",
        about="Postings that may have settled the wrong pending transaction",
        name="staff-matches",
        role=Role.VIEWER,
    )
)
on_front_page(
    StaffPage(
        title="Statements",
        about="Statements that are held, and corrections",
        name="staff-statements",
        role=Role.VIEWER,
    )
)
