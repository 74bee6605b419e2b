from django.apps import AppConfig


class AwsConfig(AppConfig):
    """Brings the commands that create what the apps declare."""

    name = "aws"
