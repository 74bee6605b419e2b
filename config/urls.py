"""Every address of the site. An app's own addresses stand in its `urls.py`."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from aws.metrics_view import metrics
from config import health
from txhub.api.message_schema import transaction_message

# The package's own page has inline styles, which our policy forbids.
_API_DOCS = SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="api_docs.html")

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    # Before the admin, which answers whatever else lies below its address.
    path("admin/", include("identity.web.staff_urls")),
    path("admin/", include("txhub.web.staff_urls")),
    path("admin/", include("cart.web.staff_urls")),
    path("admin/", include("sensors.web.staff_urls")),
    path("admin/", include("alerts.mail.web.staff_urls")),
    path("admin/", include("alerts.web.staff_urls")),
    path("metrics", metrics),
    path("ops/", include("monitoring.web.urls")),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/schema/messages/transaction.json", transaction_message),
    path("api/docs/", _API_DOCS, name="api-docs"),
    path("api/v1/", include("identity.api.urls")),
    path("api/v1/", include("txhub.api.urls")),
    path("api/v1/", include("cart.api.urls")),
    path("api/v1/", include("alerts.api.urls")),
    path("api/", include("sensors.api.urls")),
    path("", include("identity.urls")),
    path("", include("txhub.urls")),
    path("", include("cart.urls")),
    path("", include("sensors.urls")),
    path("", include("alerts.urls")),
    path("", include("alerts.mail.urls")),
]

handler404 = "config.problems.not_found"
handler500 = "config.problems.server_error"
