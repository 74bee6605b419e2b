"""The API's calls about identity."""

from django.urls import path

from identity.api.views import TokenView

urlpatterns = [path("token", TokenView.as_view(), name="api-token")]
