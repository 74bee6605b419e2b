from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Second Look at transactions, and customers' inboxes."""

    name = "alerts"
    verbose_name = "Alerts"
