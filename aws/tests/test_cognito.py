import secrets

import pytest

from aws import cognito, sessions
from aws.cognito import SignInIncomplete, UserPool, WrongCredentials
from aws.tests.away import nobody_answers
from kernel.errors import Unavailable

PASSWORD = "correct-horse-battery"
POOL = UserPool(name="cognito-test", purpose="for the tests of the door to Cognito")


@pytest.fixture(autouse=True)
def _pool() -> None:
    cognito.ensure_pool(POOL)


@pytest.fixture
def email() -> str:
    return f"{secrets.token_hex(6)}@bank.example"


class TestEnsurePool:
    def test_finds_what_it_created(self) -> None:
        first = cognito.pool_ids(POOL)
        cognito._known.clear()
        assert cognito.pool_ids(POOL) == first
        assert cognito.ensure_pool(POOL) == first

    def test_takes_the_older_of_two_with_one_name(self) -> None:
        first = cognito.ensure_pool(POOL)
        cognito._create_pool(POOL)
        assert cognito.ensure_pool(POOL) == first

    def test_lets_nobody_sign_in_past_the_server(self) -> None:
        """Read back, since the embedded engine does not enforce it; Cognito does."""
        ids = cognito.pool_ids(POOL)
        described = sessions.client("cognito-idp").describe_user_pool_client(
            UserPoolId=ids.pool_id, ClientId=ids.client_id
        )["UserPoolClient"]
        assert described["ExplicitAuthFlows"] == ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
        assert described["PreventUserExistenceErrors"] == "ENABLED"

    def test_is_asked_for_where_nobody_provisioned(self) -> None:
        with pytest.raises(Unavailable, match="provision"):
            cognito.pool_ids(UserPool(name="nowhere", purpose="never provisioned, for tests"))


class TestSignIn:
    def test_yields_tokens(self, email: str) -> None:
        cognito.create_user(POOL, email, PASSWORD)
        tokens = cognito.sign_in(POOL, email, PASSWORD)
        assert tokens.access_token.count(".") == 2
        assert tokens.expires_in_s == POOL.access_token_s

    def test_refuses_a_disabled_person_as_a_wrong_password(self, email: str) -> None:
        cognito.create_user(POOL, email, PASSWORD)
        sessions.client("cognito-idp").admin_disable_user(
            UserPoolId=cognito.pool_ids(POOL).pool_id, Username=email
        )
        with pytest.raises(WrongCredentials):
            cognito.sign_in(POOL, email, PASSWORD)

    def test_refuses_a_password_that_has_to_be_changed_first(self, email: str) -> None:
        cognito.create_user(POOL, email, PASSWORD)
        sessions.client("cognito-idp").admin_set_user_password(
            UserPoolId=cognito.pool_ids(POOL).pool_id,
            Username=email,
            Password=PASSWORD,
            Permanent=False,
        )
        with pytest.raises(SignInIncomplete):
            cognito.sign_in(POOL, email, PASSWORD)

    def test_finds_the_pool_that_replaced_a_vanished_one(self, email: str) -> None:
        known = cognito._known[POOL.physical_name]
        cognito._known[POOL.physical_name] = cognito.PoolIds(
            pool_id="us-east-1_vanished", client_id=known.client_id
        )
        with pytest.raises(Unavailable):
            cognito.sign_in(POOL, email, PASSWORD)
        with pytest.raises(WrongCredentials):
            cognito.sign_in(POOL, email, PASSWORD)


class TestPublicKeys:
    def test_are_rsa_keys_with_ids(self) -> None:
        keys = cognito.public_keys(POOL)
        assert keys
        assert all(each["kty"] == "RSA" and each["kid"] for each in keys)

    def test_are_unavailable_where_nobody_answers(self) -> None:
        with nobody_answers(), pytest.raises(Unavailable):
            cognito.public_keys(POOL)
