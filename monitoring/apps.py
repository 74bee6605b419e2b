from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """What operators see of everything, and what wakes them."""

    name = "monitoring"
