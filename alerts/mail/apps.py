from django.apps import AppConfig


class MailConfig(AppConfig):
    """E-mail to customers."""

    name = "alerts.mail"
    label = "mail"
    verbose_name = "E-mail"

    def ready(self) -> None:
        from alerts.mail import jobs

        jobs.register_procedures()
