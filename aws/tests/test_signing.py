"""Our signature is botocore's, byte for byte."""

from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from aws.signing import Signer

HOST = "dynamodb.eu-west-2.amazonaws.com"
NOW = datetime(2025, 3, 1, 9, 5, 7, tzinfo=UTC)
TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


def by_botocore(credentials: Credentials, target: str, body: bytes, now: datetime) -> str:
    signed = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target}
    request = AWSRequest("POST", f"https://{HOST}/", headers=signed, data=body)
    signer = SigV4Auth(credentials, "dynamodb", "eu-west-2")
    moment = f"{now:%Y%m%dT%H%M%SZ}"
    request.context["timestamp"] = moment
    request.headers["X-Amz-Date"] = moment
    if credentials.token:
        request.headers["X-Amz-Security-Token"] = credentials.token
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    names = signer.signed_headers(signer.headers_to_sign(request))
    return (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, "
        f"SignedHeaders={names}, Signature={signature}"
    )


def by_us(credentials: Credentials, target: str, body: bytes, now: datetime) -> str:
    signer = Signer(
        service="dynamodb",
        region="eu-west-2",
        host=HOST,
        credentials=credentials.get_frozen_credentials,
    )
    return signer.headers(target, body, now)["authorization"]


class TestASignature:
    @given(
        access=TEXT,
        secret=TEXT,
        token=st.none() | TEXT,
        body=st.binary(max_size=200),
        now=st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year >= 1000),
    )
    def test_is_botocores(
        self, access: str, secret: str, token: str | None, body: bytes, now: datetime
    ) -> None:
        credentials = Credentials(access, secret, token)
        target = "DynamoDB_20120810.GetItem"
        assert by_us(credentials, target, body, now) == by_botocore(credentials, target, body, now)

    @pytest.mark.parametrize("other", ["target", "body", "secret", "day"])
    def test_changes_with_all_that_it_covers(self, other: str) -> None:
        def signature(changed: str = "") -> str:
            return by_us(
                Credentials("a", "other" if changed == "secret" else "secret"),
                "T.Other" if changed == "target" else "T.One",
                b"other" if changed == "body" else b"body",
                NOW.replace(day=2) if changed == "day" else NOW,
            ).rpartition("=")[2]

        assert signature(other) != signature()
