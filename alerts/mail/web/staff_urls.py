"""Staff's pages about mail, under `/admin/`."""

from django.urls import path

from alerts.mail.web import (
    staff_campaigns,
    staff_letters,
    staff_preview,
    staff_suppressions,
)
from identity.staff import Role
from identity.web.front_page import StaffPage, on_front_page

urlpatterns = [
    path("mail/", staff_campaigns.listing, name="mail-campaigns"),
    path("mail/letters/", staff_letters.listing, name="mail-letters"),
    path("mail/suppressions/", staff_suppressions.page, name="mail-suppressions"),
    path("mail/suppressions/lift/", staff_suppressions.propose, name="mail-suppressions-lift"),
    path("mail/preview/<str:kind>/", staff_preview.preview, name="mail-preview"),
    path("mail/preview/<str:kind>/html/", staff_preview.html, name="mail-preview-html"),
    path("mail/campaigns/<str:name>/", staff_campaigns.detail, name="mail-campaign"),
    path("mail/campaigns/<str:name>/act/", staff_campaigns.act, name="mail-campaign-act"),
]

on_front_page(
    StaffPage(
        title="E-mail",
        about="Campaigns: what is rendered, sent, suppressed, failed and unknown",
        name="mail-campaigns",
        role=Role.VIEWER,
    )
)
on_front_page(
    StaffPage(
        title="Letters",
        about="Statutory mails that go out on paper, since e-mail did not arrive",
        name="mail-letters",
        role=Role.VIEWER,
    )
)
on_front_page(
    StaffPage(
        title="Suppressed addresses",
        about="Whether an address gets mail, why not, and lifting that",
        name="mail-suppressions",
        role=Role.OPERATOR,
    )
)
