"""Customers' pages of the hub."""

from django.urls import path

from txhub.web import views

urlpatterns = [
    path("", views.home, name="accounts"),
    path("accounts/<str:account_id>/", views.account, name="account"),
    path(
        "accounts/<str:account_id>/transactions/<str:transaction_id>/",
        views.transaction,
        name="transaction",
    ),
]
