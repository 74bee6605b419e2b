"""Customers' pages of alerts."""

from django.urls import path

from alerts.web import preferences, views

urlpatterns = [
    path("alerts/", views.inbox, name="alerts"),
    path("alerts/news/", views.news, name="alerts-news"),
    path("alerts/read/", views.read_all, name="alerts-read-all"),
    path("alerts/preferences/", preferences.page, name="alert-preferences"),
    path("alerts/<str:alert_id>/read/", views.read, name="alert-read"),
    path("alerts/<str:alert_id>/answer/", views.answer, name="alert-answer"),
]
