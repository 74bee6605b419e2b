"""The operators' addresses. A dashboard's key comes last: it is whatever is nothing else."""

from django.urls import path

from identity.staff import Role
from identity.web.front_page import StaffPage, on_front_page
from monitoring.web import alarms, consumers, dashboards, letters, logs, lookups, money, overview

urlpatterns = [
    path("", overview.overview, name="ops"),
    path("alarms/", alarms.listing, name="ops-alarms"),
    path("alarms/<slug:name>/", alarms.detail, name="ops-alarm"),
    path("alarms/<slug:name>/act/", alarms.act, name="ops-alarm-act"),
    path("cost/", money.cost, name="ops-cost"),
    path("look-up/", lookups.look_up, name="ops-look-up"),
    path("dead-letters/", letters.listing, name="ops-letters"),
    path("dead-letters/<slug:queue>/", letters.queue, name="ops-queue"),
    path("dead-letters/<slug:queue>/<str:letter>/", letters.detail, name="ops-letter"),
    path("dead-letters/<slug:queue>/<str:letter>/act/", letters.act, name="ops-letter-act"),
    path("consumers/", consumers.listing, name="ops-consumers"),
    path("consumers/<str:handler>/", consumers.detail, name="ops-consumer"),
    path("consumers/<str:handler>/act/", consumers.act, name="ops-consumer-act"),
    path("logs/", logs.search, name="ops-logs"),
    path("data/<slug:key>/", dashboards.data, name="ops-data"),
    path("<slug:key>/", dashboards.dashboard, name="ops-dashboard"),
]

on_front_page(
    StaffPage(
        title="Monitoring",
        about="Health, dashboards, alarms, cost, look-ups, dead letters, consumers, logs",
        name="ops",
        role=Role.VIEWER,
    )
)
