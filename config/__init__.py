"""The wiring of the Django project: settings, addresses, Celery, WSGI, logs, health."""

from config import garbage
from config.celery import app as celery_app

__all__ = ["celery_app", "garbage"]
