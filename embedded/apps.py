from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    """Brings the commands `demo` and `engine`."""

    name = "embedded"
