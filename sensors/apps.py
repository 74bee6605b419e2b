from django.apps import AppConfig


class SensorsConfig(AppConfig):
    """Readings of sensors."""

    name = "sensors"
    verbose_name = "Sensors"
