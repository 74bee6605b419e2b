"""Staff's pages about sensors, under `/admin/`."""

from django.urls import path

from identity.staff import Role
from identity.web.front_page import StaffPage, on_front_page
from sensors.web import staff

urlpatterns = [
    path("sensors/archive/", staff.archive, name="staff-sensor-archive"),
    path("sensors/cost/", staff.cost, name="staff-sensor-cost"),
]

on_front_page(
    StaffPage(
        title="Sensors",
        about="Last values and charts",
        name="sensors",
        role=Role.VIEWER,
    )
)
on_front_page(
    StaffPage(
        title="Sensors: archive",
        about="How far it is, and whether it is late",
        name="staff-sensor-archive",
        role=Role.VIEWER,
    )
)
on_front_page(
    StaffPage(
        title="Sensors: cost",
        about="Write units and money a month, by how readings are stored",
        name="staff-sensor-cost",
        role=Role.VIEWER,
    )
)
