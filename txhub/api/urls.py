"""The hub's calls."""

from django.urls import path

from txhub.api import disputes, spending, statements, views

urlpatterns = [
    path("accounts", views.AccountsView.as_view(), name="api-accounts"),
    path("accounts/<str:account_id>", views.AccountView.as_view(), name="api-account"),
    path(
        "accounts/<str:account_id>/transactions",
        views.TransactionsView.as_view(),
        name="api-transactions",
    ),
    path(
        "accounts/<str:account_id>/transactions/<str:transaction_id>",
        views.TransactionView.as_view(),
        name="api-transaction",
    ),
    path(
        "accounts/<str:account_id>/transactions/<str:transaction_id>/dispute",
        disputes.DisputeView.as_view(),
        name="api-dispute",
    ),
    path(
        "accounts/<str:account_id>/spending", spending.SpendingView.as_view(), name="api-spending"
    ),
    path(
        "accounts/<str:account_id>/statements",
        statements.StatementsView.as_view(),
        name="api-statements",
    ),
    path(
        "accounts/<str:account_id>/statements/<str:month>",
        statements.StatementView.as_view(),
        name="api-statement",
    ),
]
