"""`Authorization: Bearer <access token>` on every call of the API."""

from typing import Any

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from identity.customers import Customer
from identity.devices import Device, device_verifier, is_device_token
from identity.tokens import TokenRefused, verifier
from kernel.clock import Clock, utc_now


def bearer(request: HttpRequest | Request, *, clock: Clock = utc_now) -> Customer | None:
    """The customer whose access token the request carries; None where it carries none.

    For views that do without DRF. Raises `TokenRefused`, or `Unavailable` where the pool's keys
    cannot be had.
    """
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    return Customer(customer_id=verifier().customer_id(token.strip(), now=clock()))


def caller(request: Request) -> Customer:
    """Who makes this call, behind the default permission, which lets nobody else through."""
    assert isinstance(request.user, Customer)
    return request.user


class DeviceAuthentication(BaseAuthentication):
    """Makes `request.user` the `Device` whose token the request carries, as `Bearer`, or as `Token`
    like clients of InfluxDB. Other callers' tokens are left to other classes."""

    def authenticate(self, request: Request) -> tuple[Device, None] | None:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        token = token.strip()
        if scheme.lower() not in {"bearer", "token"} or not is_device_token(token):
            return None
        try:
            return device_verifier().device(token, now=utc_now()), None
        except TokenRefused as error:
            raise AuthenticationFailed(error.message, code=error.code) from error

    def authenticate_header(self, request: Request) -> str:
        return _challenge(request)


class BearerAuthentication(BaseAuthentication):
    """Makes `request.user` the `Customer`. Cookies count for nothing on the API."""

    def authenticate(self, request: Request) -> tuple[Customer, None] | None:
        try:
            customer = bearer(request)
        except TokenRefused as error:
            raise AuthenticationFailed(error.message, code=error.code) from error
        return None if customer is None else (customer, None)

    def authenticate_header(self, request: Request) -> str:
        return _challenge(request)


def _challenge(request: Request) -> str:
    """What a 401 says about itself (RFC 6750): with a token, that the token was the reason."""
    was_sent = "HTTP_AUTHORIZATION" in request.META
    return 'Bearer realm="txhub"' + (', error="invalid_token"' if was_sent else "")


class _BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class _DeviceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = DeviceAuthentication
    name = "device"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A device's token."}
