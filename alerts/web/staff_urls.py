"""Staff's pages about the rules, under `/admin/`."""

from django.urls import path

from alerts.web import staff
from identity.staff import Role
from identity.web.front_page import StaffPage, on_front_page

urlpatterns = [
    path("rules/", staff.listing, name="staff-rules"),
    path("rules/<str:name>/", staff.detail, name="staff-rule"),
    path("rules/<str:name>/act/", staff.act, name="staff-rule-act"),
    path("rules/<str:name>/replays/<str:replay_id>/", staff.replay, name="staff-replay"),
]

on_front_page(
    StaffPage(
        title="Rules of Second Look",
        about="What customers are alerted to, and what other settings would have done",
        name="staff-rules",
        role=Role.VIEWER,
    )
)
