"""Settings, all from the environment (twelve-factor). The defaults are the embedded place's.

Which AWS, Redis and database are used is decided by the standard variables alone: `AWS_*`,
`REDIS_URL`, `CELERY_BROKER_URL`, `DATABASE_URL`. Where none of them is set, `config.surroundings`
fills in those of the embedded place that runs in this tree, if one does.
"""

from datetime import timedelta
from logging import DEBUG as DEBUG_LEVEL
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF

from config import surroundings
from config.assets import package_folder
from config.logs import structured_logging

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Everything that a running place writes lies under here; a test run has its own.
VAR_DIR = Path(env.str("TXHUB_VAR_DIR", default=str(BASE_DIR / "var")))
surroundings.complete(VAR_DIR)

SECRET_KEY = env.str("SECRET_KEY")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_structlog",
    "csp",
    "aws",
    "identity",
    "txhub",
    "cart",
    "sensors",
    "alerts",
    "alerts.mail",
    "monitoring",
    "embedded",
]

MIDDLEWARE = [
    "aws.http_metrics.RequestMetrics",  # first: what the others cost is counted too
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "identity.middleware.CustomerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.request_log.RequestLog",
    "django_htmx.middleware.HtmxMiddleware",
    "config.problems.ErrorPages",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "alerts.web.header.unread_alerts",
            ],
        },
    },
]

# --- The relational database: batch state and staff accounts, nothing else -------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        # A transaction that upgrades from reading to writing fails at once in SQLite, whatever
        # the time-out; one that begins as a writer waits its turn.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: a cache that may evict, and (elsewhere) a broker that must not -------------------

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.str("TXHUB_PREFIX", default="txhub"),
    }
}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="redis://127.0.0.1:6379/1")
# A turn that was not taken before the next is dropped: they would only pile up.
CELERY_BEAT_SCHEDULE = {
    "look-for-work": {
        "task": "txhub.look_for_work",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "take-up-checkouts": {
        "task": "cart.sweep",
        "schedule": 10,
        "options": {"expires": 10},
    },
    "resume-approvals": {
        "task": "identity.resume_approvals",
        "schedule": 300,
        "options": {"expires": 300},
    },
    "merge-sensor-bins": {
        "task": "sensors.merge_bins",
        "schedule": 300,
        "options": {"expires": 300},
    },
    "expire-pending": {
        "task": "txhub.expire_pending",
        "schedule": crontab(minute=10),
        "options": {"expires": 3600},
    },
    "archive-sensor-days": {
        "task": "sensors.archive_days",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "take-up-campaigns": {
        "task": "mail.take_up",
        "schedule": 10,
        "options": {"expires": 10},
    },
    "hear-of-mails": {
        "task": "mail.hear",
        "schedule": 10,
        "options": {"expires": 10},
    },
    "look-for-files": {
        "task": "txhub.look_for_files",
        "schedule": 60,
        "options": {"expires": 60},
    },
    # When the night's files are in, before the statements of them are issued.
    "reconcile-jobs": {
        "task": "txhub.reconcile_jobs",
        "schedule": crontab(hour=6, minute=0),
        "options": {"expires": 6 * 60 * 60},
    },
    # When the night's files are in, in the bank's time zone. What comes later is on the next one.
    "issue-statements": {
        "task": "txhub.issue_statements",
        "schedule": crontab(hour=6, minute=30),
        "options": {"expires": 6 * 60 * 60},
    },
}

# --- Sessions, sign-in, and what a browser is told -------------------------------------------

SESSION_ENGINE = "identity.session_store"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "/"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# On behind TLS: redirects, HSTS and cookies that never travel in the clear.
HTTPS_ONLY = env.bool("HTTPS_ONLY", default=False)
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]  # asked by load balancers, inside
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_HSTS_PRELOAD = HTTPS_ONLY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS_ONLY else None
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# --- Static files: hashed names, cached for ever ---------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("uplot", package_folder("uplot") / "static")]
# Off, files are served straight from the source tree: for tests, which collect nothing.
HASHED_STATIC = env.bool("HASHED_STATIC", default=not DEBUG)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not HASHED_STATIC  # found when asked for
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

# --- The API ---------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "config.problems.exception_handler",
    "DEFAULT_AUTHENTICATION_CLASSES": ["identity.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "UNAUTHENTICATED_USER": None,
}
# How many proxies of ours add to X-Forwarded-For: sign-in attempts are limited by address too.
IDENTITY = {"trusted_proxies": env.int("TRUSTED_PROXIES", default=0)}
SPECTACULAR_SETTINGS = {
    "TITLE": "TxHub",
    "DESCRIPTION": "Accounts, transactions and statements of a bank's transaction hub.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "StatementKind": "txhub.api.statement_schema.STATEMENT_KINDS",
        "TransactionKind": "txhub.api.statement_schema.TRANSACTION_KINDS",
    },
}

# --- Time, words, the bank -------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_TZ = True
# Booking dates are days in the bank's time zone; pages show times in it.
BANK_TIME_ZONE = env.str("BANK_TIME_ZONE", default="Europe/London")
TIME_ZONE = BANK_TIME_ZONE
CELERY_TIMEZONE = BANK_TIME_ZONE

# Where public data files for tests and benchmarks lie, if they are there.
DATA_DIR = Path(env.str("TXHUB_DATA_DIR", default=str(BASE_DIR.parent / "shared" / "data")))

# Says when files are due, and how many rows they have at least (txhub/feeds/schedule.py).
FEED_SCHEDULE = env.str("TXHUB_FEED_SCHEDULE", default="")

# --- Streams ---------------------------------------------------------------------------------

# Modules with stream handlers, beside every app's `consumers.py`.
STREAM_HANDLER_MODULES = env.list("STREAM_HANDLER_MODULES", default=[])

# --- The shop --------------------------------------------------------------------------------

# What may be set and why: cart/conf.py. The check-out is `choreographed` or `orchestrated`.
CART = {"saga": env.str("CART_SAGA", default="choreographed")}

# --- E-mail ----------------------------------------------------------------------------------

# What may be set and why: alerts/mail/conf.py.
MAIL = {
    "sender": env.str("MAIL_SENDER", default="post@bank.example"),
    "bank_name": env.str("MAIL_BANK_NAME", default="TxHub Bank"),
    "site": env.str("SITE_URL", default="http://127.0.0.1:8000"),
    "transport": env.str("MAIL_TRANSPORT", default="alerts.mail.transports.ses.Ses"),
    "smtp_host": env.str("MAIL_SMTP_HOST", default="127.0.0.1"),
    "smtp_port": env.int("MAIL_SMTP_PORT", default=25),
    "smtp_user": env.str("MAIL_SMTP_USER", default=""),
    "smtp_password": env.str("MAIL_SMTP_PASSWORD", default=""),
    "smtp_tls": env.bool("MAIL_SMTP_TLS", default=False),
    "rate_max_s": env.float("MAIL_RATE_MAX_S", default=200.0),
    "group_mails": env.int("MAIL_GROUP", default=25),
    "part_mails": env.int("MAIL_PART", default=500),
    "connections": env.int("MAIL_CONNECTIONS", default=4),
    "alerts_every": timedelta(minutes=env.int("MAIL_ALERTS_EVERY_MIN", default=5)),
}

# --- Sensors ---------------------------------------------------------------------------------

# What may be set and why: sensors/conf.py. Older readings are refused, and deleted a week later.
SENSORS = {"kept": timedelta(days=env.int("SENSORS_KEPT_DAYS", default=30))}

# --- Metrics ---------------------------------------------------------------------------------

# Lets a Prometheus server read /metrics with `Authorization: Bearer`; empty: staff only.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_CLOUDWATCH = env.bool("METRICS_CLOUDWATCH", default=False)
METRICS_CLOUDWATCH_NAMESPACE = env.str("METRICS_CLOUDWATCH_NAMESPACE", default="TxHub")
METRICS_NEIGHBOURS = env.bool("METRICS_NEIGHBOURS", default=True)
# Objectives and alarms; a place may have its own.
MONITORING_OBJECTIVES = env.str(
    "MONITORING_OBJECTIVES", default=str(BASE_DIR / "monitoring" / "objectives.yaml")
)
# Who hears of alarms by e-mail, beside whoever subscribes to the topic; SNS asks each to confirm.
ALARM_EMAILS = env.list("ALARM_EMAILS", default=[])
# Where people reach the site: for links in what leaves it.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")

# `manage.py drain` makes it, and `/readyz` says 503; the web server removes it as it starts.
DRAIN_FILE = env.str("DRAIN_FILE", default=str(VAR_DIR / "draining"))

# --- Logs ------------------------------------------------------------------------------------

# Files of JSON lines that `/ops/logs/` searches; or the CloudWatch log group that it asks instead.
LOG_DIR = env.str("LOG_DIR", default="")
LOG_GROUP = env.str("LOG_GROUP", default="")
LOGGING = structured_logging(
    folder=LOG_DIR,
    as_json=env.str("LOG_FORMAT", default="json") == "json",
    level=env.str("LOG_LEVEL", default="INFO"),
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # an address is personal data
DJANGO_STRUCTLOG_USER_ID_FIELD = ""  # would read the session on every request; audit says who
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = DEBUG_LEVEL  # one line a request: its end
# Believed only behind a proxy that sets it; anybody else could write into our logs.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = env.bool("TRUST_REQUEST_ID", default=False)
DJANGO_STRUCTLOG_TRUST_UPSTREAM_CORRELATION_ID = False
