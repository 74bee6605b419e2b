"""The hub's calls."""

from django.urls import path

from txhub.api import views

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
]
