"""Pages for customers to sign in and out. `/` belongs to the app that shows accounts."""

from django.urls import path

from identity.web.sign_in import sign_in, sign_out

urlpatterns = [
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
]
