"""Customers' pages of the hub."""

from django.urls import path

from txhub.web import disputes, spending, statements, views

urlpatterns = [
    path("", views.home, name="accounts"),
    path("accounts/<str:account_id>/", views.account, name="account"),
    path(
        "accounts/<str:account_id>/transactions/<str:transaction_id>/",
        views.transaction,
        name="transaction",
    ),
    path(
        "accounts/<str:account_id>/transactions/<str:transaction_id>/dispute/",
        disputes.dispute,
        name="dispute",
    ),
    path(
        "accounts/<str:account_id>/transactions/<str:transaction_id>/dispute/withdraw/",
        disputes.withdraw,
        name="dispute-withdraw",
    ),
    path("accounts/<str:account_id>/spending/", spending.spending, name="spending"),
    path("accounts/<str:account_id>/statements/", statements.listing, name="statements"),
    path(
        "accounts/<str:account_id>/statements/<str:month>/", statements.statement, name="statement"
    ),
    path(
        "accounts/<str:account_id>/statements/<str:month>.pdf", statements.pdf, name="statement-pdf"
    ),
]
