"""Logs: one event a line with a stable name and ids; JSON in production, readable in the demo.

The request id (and whatever a caller binds: `structlog.contextvars.bind_contextvars(job=...)`) is
carried to Celery by django-structlog.
"""

from logging import CRITICAL
from typing import Any

import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def structured_logging(*, as_json: bool, level: str, folder: str = "") -> dict[str, Any]:
    """Sets structlog up; returns the dictionary for Django's `LOGGING`, so that both look alike.

    `folder`: where every line is written as JSON besides (`monitoring.log_files`).
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "events": _formatter(as_json=as_json),
            "lines": _formatter(as_json=True),
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "events"},
            **({"files": _files(folder)} if folder else {}),
        },
        "root": {"handlers": ["stderr", "files"] if folder else ["stderr"], "level": level},
        "loggers": {
            # Django attaches its own handlers to these; ours on the root is enough.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # `config.request_log` says the same, without what people type into an address.
            "django.request": {"level": "CRITICAL"},
            "django.security.csrf": {"level": "CRITICAL"},
            # django-structlog says the same, with our ids.
            "celery.app.trace": {"level": "ERROR"},
            "celery.worker.strategy": {"level": "WARNING"},
            # They log request bodies and headers below INFO.
            "botocore": {"level": "WARNING"},
            "boto3": {"level": "WARNING"},
            # What it calls critical has a message's content in it.
            "kombu.transport.redis": {"level": CRITICAL + 1},
            "urllib3": {"level": "WARNING"},
        },
    }


def _files(folder: str) -> dict[str, Any]:
    return {"class": "monitoring.log_files.HourlyFiles", "formatter": "lines", "folder": folder}


def _formatter(*, as_json: bool) -> dict[str, Any]:
    renderer = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=24)
    )
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # Here, for other people's records too: the console's own way prints local variables.
            structlog.processors.format_exc_info,
            renderer,
        ],
        "foreign_pre_chain": _SHARED,
    }
