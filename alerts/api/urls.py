"""The alerts' calls."""

from django.urls import path

from alerts.api import views

urlpatterns = [
    path("alerts", views.AlertsView.as_view(), name="api-alerts"),
    path("alerts/<str:alert_id>", views.AlertView.as_view(), name="api-alert"),
    path("alert-preferences", views.PreferencesView.as_view(), name="api-alert-preferences"),
]
