"""The sensors' pages. A sensor's name may hold anything, so it stands in the query."""

from django.urls import path

from sensors.web import views

urlpatterns = [
    path("sensors/", views.listing, name="sensors"),
    path("sensors/chart/", views.chart, name="sensor-chart"),
    path("sensors/data/", views.data, name="sensor-data"),
    path("sensors/spark/", views.spark, name="sensor-spark"),
]
