"""Customers' pages about mail."""

from django.urls import path

from alerts.mail.web import unsubscribing

urlpatterns = [
    path("mail/unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="mail-unsubscribe"),
]
