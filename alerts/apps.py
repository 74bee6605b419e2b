from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Second Look at transactions, and customers' inboxes."""

    name = "alerts"
    verbose_name = "Alerts"

    def ready(self) -> None:
        from alerts.mail import sources
        from alerts.services.mailing import MailedAlerts

        sources.offer(MailedAlerts())
