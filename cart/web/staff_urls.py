"""Staff's pages about check-outs, under `/admin/`."""

from django.urls import path

from cart.web import staff
from identity.staff import Role
from identity.web.front_page import StaffPage, on_front_page

urlpatterns = [
    path("checkouts/", staff.listing, name="staff-checkouts"),
    path("checkouts/<str:checkout_id>/", staff.detail, name="staff-checkout"),
    path("checkouts/<str:checkout_id>/act/", staff.act, name="staff-checkout-act"),
]

on_front_page(
    StaffPage(
        title="Check-outs",
        about="Which have not ended, and what happened to each",
        name="staff-checkouts",
        role=Role.VIEWER,
    )
)
