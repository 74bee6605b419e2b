"""Tokens are forged here with keys of our own, against a verifier that trusts one of them."""

import base64
import hmac
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from aws import cognito
from aws.cognito import PoolIds, UserPool
from identity.customers import sign_in
from identity.tests.people import Person
from identity.tokens import KeySet, Remembered, TokenExpired, TokenRefused, Verifier, verifier
from kernel.clock import utc_now
from kernel.errors import Unavailable

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
POOL = PoolIds(pool_id="eu-west-1_abc", client_id="client-1")
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(key: rsa.RSAPrivateKey, key_id: str) -> dict[str, Any]:
    return {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id}


def claims(**changes: Any) -> dict[str, Any]:
    standing = {
        "sub": "alice-sub",
        "iss": POOL.issuer,
        "client_id": POOL.client_id,
        "token_use": "access",
        "exp": int(NOW.timestamp()) + 3600,
    }
    return {name: value for name, value in {**standing, **changes}.items() if value is not None}


def signed(content: dict[str, Any], key: Any = KEY, key_id: str = "k1", alg: str = "RS256") -> str:
    return jwt.encode(content, key, algorithm=alg, headers={"kid": key_id})


@pytest.fixture
def strict() -> Verifier:
    return Verifier(pool=lambda: POOL, keys=KeySet(lambda: [jwk(KEY, "k1")]))


class TestVerifier:
    def test_knows_whose_a_token_is(self, strict: Verifier) -> None:
        assert strict.customer_id(signed(claims()), now=NOW) == "alice-sub"

    @pytest.mark.parametrize(
        "changes",
        [
            {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_other"},
            {"iss": None},
            {"client_id": "client-2"},
            {"client_id": None, "aud": "client-1"},
            {"token_use": "id"},
            {"token_use": "id", "client_id": None, "aud": "client-1"},
            {"token_use": None},
            {"exp": None},
            {"exp": "4102444800"},
            {"sub": None},
        ],
        ids=str,
    )
    def test_refuses_wrong_claims(self, strict: Verifier, changes: dict[str, Any]) -> None:
        with pytest.raises(TokenRefused):
            strict.customer_id(signed(claims(**changes)), now=NOW)

    def test_refuses_an_expired_token(self, strict: Verifier) -> None:
        token = signed(claims(exp=int(NOW.timestamp())))
        with pytest.raises(TokenExpired):
            strict.customer_id(token, now=NOW)

    def test_refuses_a_token_that_expires_after_it_was_remembered(self, strict: Verifier) -> None:
        token = signed(claims())
        strict.customer_id(token, now=NOW)
        with pytest.raises(TokenExpired):
            strict.customer_id(token, now=NOW + timedelta(hours=1))

    def test_refuses_alg_none(self, strict: Verifier) -> None:
        token = jwt.encode(claims(), "", algorithm="none", headers={"kid": "k1"})
        with pytest.raises(TokenRefused):
            strict.customer_id(token, now=NOW)

    def test_refuses_hs256_under_the_public_key(self, strict: Verifier) -> None:
        public = KEY.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        header, payload = signed(claims()).split(".")[:2]
        header = encoded(b'{"alg":"HS256","kid":"k1","typ":"JWT"}')
        # PyJWT refuses to sign with a public key; whoever forges does not ask PyJWT.
        signature = hmac_sha256(public, f"{header}.{payload}".encode())
        with pytest.raises(TokenRefused):
            strict.customer_id(f"{header}.{payload}.{encoded(signature)}", now=NOW)

    def test_refuses_another_key_under_a_known_id(self, strict: Verifier) -> None:
        with pytest.raises(TokenRefused):
            strict.customer_id(signed(claims(), key=FOREIGN_KEY), now=NOW)

    def test_refuses_other_rsa_algorithms(self, strict: Verifier) -> None:
        with pytest.raises(TokenRefused):
            strict.customer_id(signed(claims(), alg="RS512"), now=NOW)

    def test_refuses_a_changed_payload(self, strict: Verifier) -> None:
        header, _payload, signature = signed(claims()).split(".")
        payload = signed(claims(sub="bob-sub")).split(".")[1]
        with pytest.raises(TokenRefused):
            strict.customer_id(f"{header}.{payload}.{signature}", now=NOW)

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "x" * 9000, ".." * 40])
    def test_refuses_nonsense(self, strict: Verifier, token: str) -> None:
        with pytest.raises(TokenRefused):
            strict.customer_id(token, now=NOW)

    def test_looks_at_a_signature_once_only(self) -> None:
        asked = 0

        def pool() -> PoolIds:
            nonlocal asked
            asked += 1
            return POOL

        counting = Verifier(pool=pool, keys=KeySet(lambda: [jwk(KEY, "k1")]))
        token = signed(claims())
        assert {counting.customer_id(token, now=NOW) for _ in range(3)} == {"alice-sub"}
        assert asked == 1

    def test_takes_less_than_50_us_for_a_token_that_it_knows(self, strict: Verifier) -> None:
        token = signed(claims())
        strict.customer_id(token, now=NOW)
        started = time.process_time()
        for _ in range(2000):
            strict.customer_id(token, now=NOW)
        assert (time.process_time() - started) / 2000 < 50e-6


class TestKeySet:
    def keys(self, *answers: list[dict[str, Any]] | Unavailable) -> "Fetches":
        return Fetches(list(answers))

    def test_fetches_once_for_known_keys(self) -> None:
        fetches = self.keys([jwk(KEY, "k1")])
        for _ in range(5):
            fetches.key_set.key("k1")
        assert fetches.count == 1

    def test_learns_a_rotated_key(self) -> None:
        fetches = self.keys([jwk(KEY, "k1")], [jwk(FOREIGN_KEY, "k2")])
        fetches.key_set.key("k1")
        fetches.now_s += 11
        fetches.key_set.key("k2")
        with pytest.raises(TokenRefused):
            fetches.key_set.key("k1")

    def test_asks_once_in_ten_seconds_whatever_ids_are_made_up(self) -> None:
        fetches = self.keys([jwk(KEY, "k1")])
        for made_up in range(100):
            with pytest.raises(TokenRefused):
                fetches.key_set.key(f"made-up-{made_up}")
        assert fetches.count == 1
        fetches.now_s += 11
        with pytest.raises(TokenRefused):
            fetches.key_set.key("made-up")
        assert fetches.count == 2

    def test_forgets_a_withdrawn_key_after_an_hour(self) -> None:
        fetches = self.keys([jwk(KEY, "k1")], [jwk(FOREIGN_KEY, "k2")])
        fetches.key_set.key("k1")
        fetches.now_s += 3601
        with pytest.raises(TokenRefused):
            fetches.key_set.key("k1")

    def test_keeps_what_it_has_while_the_pool_is_away(self) -> None:
        fetches = self.keys([jwk(KEY, "k1")], Unavailable())
        fetches.key_set.key("k1")
        fetches.now_s += 3601
        assert fetches.key_set.key("k1")

    def test_is_unavailable_where_it_never_had_a_key(self) -> None:
        fetches = self.keys(Unavailable(), [jwk(KEY, "k1")])
        for _ in range(3):
            with pytest.raises(Unavailable):
                fetches.key_set.key("k1")
        assert fetches.count == 1
        fetches.now_s += 1
        assert fetches.key_set.key("k1")


class TestRemembered:
    def test_drops_the_least_used(self) -> None:
        remembered = Remembered(entries_max=2)
        remembered.put(b"1", "one", 100)
        remembered.put(b"2", "two", 100)
        remembered.get(b"1", 0)
        remembered.put(b"3", "three", 100)
        assert [remembered.get(each, 0) for each in (b"1", b"2", b"3")] == ["one", None, "three"]

    def test_drops_what_has_expired(self) -> None:
        remembered = Remembered()
        remembered.put(b"1", "one", 100)
        assert remembered.get(b"1", 99.9) == "one"
        assert remembered.get(b"1", 100) is None


class TestTokensOfTheEngine:
    """Against the real pool: its keys, its issuer, its kinds of tokens."""

    def test_an_id_token_is_no_access_token(self, alice: Person, address: str) -> None:
        tokens = sign_in(alice.email, alice.password, address=address).tokens
        with pytest.raises(TokenRefused):
            verifier().customer_id(tokens.id_token, now=utc_now())

    def test_a_token_of_another_pool_is_refused(self, address: str) -> None:
        elsewhere = UserPool(name="elsewhere", purpose="a pool that is not ours, for tests")
        cognito.ensure_pool(elsewhere)
        cognito.create_user(elsewhere, "charlie@bank.example", "charlies-password")
        tokens = cognito.sign_in(elsewhere, "charlie@bank.example", "charlies-password")
        with pytest.raises(TokenRefused):
            verifier().customer_id(tokens.access_token, now=utc_now())


class Fetches:
    """A key set over a list of answers, the last of which repeats, and a clock to turn."""

    def __init__(self, answers: list[list[dict[str, Any]] | Unavailable]) -> None:
        self.answers = answers
        self.count = 0
        self.now_s = 0.0
        self.key_set = KeySet(self.fetch, monotonic=lambda: self.now_s)

    def fetch(self) -> list[dict[str, Any]]:
        answer = self.answers[min(self.count, len(self.answers) - 1)]
        self.count += 1
        if isinstance(answer, Unavailable):
            raise answer
        return answer


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
