"""The sensors' calls."""

from django.urls import path

from sensors.api import reading, writing

urlpatterns = [
    path("v1/sensors/readings", writing.ReadingsView.as_view(), name="api-sensor-readings-in"),
    path("v1/sensors", reading.SensorsView.as_view(), name="api-sensors"),
    path(
        "v1/sensors/<path:sensor>/readings",
        reading.SensorReadingsView.as_view(),
        name="api-sensor-readings",
    ),
    path("v2/write", writing.WriteView.as_view(), name="api-line-protocol"),
]
