"""`POST /api/v1/token`."""

from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import customers
from identity.attempts import network_address


class Credentials(serializers.Serializer[dict[str, str]]):
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False)


class AccessToken(serializers.Serializer[dict[str, str]]):
    access_token = serializers.CharField(help_text="Send as `Authorization: Bearer`.")
    expires_in = serializers.IntegerField(help_text="Seconds.")
    token_type = serializers.CharField(help_text="Always `Bearer`.")


class TokenView(APIView):
    """Signs a customer in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(request=Credentials, responses={200: AccessToken}, auth=[], tags=["token"])
    @method_decorator(sensitive_variables("credentials"))
    def post(self, request: Request) -> Response:
        """Trades e-mail address and password for an access token.

        401 for a wrong pair, 429 with `Retry-After` after too many.
        """
        credentials = Credentials(data=request.data)
        credentials.is_valid(raise_exception=True)
        signed_in = customers.sign_in(
            **credentials.validated_data, address=network_address(request)
        )
        body = {
            "access_token": signed_in.tokens.access_token,
            "expires_in": signed_in.tokens.expires_in_s,
            "token_type": "Bearer",
        }
        return Response(body, headers={"Cache-Control": "no-store"})
