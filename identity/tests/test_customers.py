import pytest
from django.contrib.auth.models import User
from django.test import override_settings

from aws.cognito import NotAnEmailAddress, PasswordTooWeak, WrongCredentials
from identity.attempts import TooManyAttempts
from identity.customers import create_customer, sign_in
from identity.resources import provision
from identity.tests.people import Person
from identity.tokens import verifier
from kernel.clock import utc_now


class TestSignIn:
    def test_lets_alice_in(self, alice: Person, address: str) -> None:
        signed_in = sign_in(alice.email, alice.password, address=address)
        assert signed_in.customer.customer_id == alice.customer_id
        assert signed_in.customer.name == "Alice"
        assert signed_in.tokens.expires_in_s == 3600

    def test_yields_an_access_token_of_hers(self, alice: Person, address: str) -> None:
        tokens = sign_in(alice.email, alice.password, address=address).tokens
        owner = verifier().customer_id(tokens.access_token, now=utc_now())
        assert owner == alice.customer_id

    def test_does_not_mind_capitals_and_blanks(self, alice: Person, address: str) -> None:
        spelt = f" {alice.email.upper()} "
        assert sign_in(spelt, alice.password, address=address).customer.email == alice.email

    def test_refuses_a_strange_address_as_it_refuses_a_wrong_password(
        self, alice: Person, address: str
    ) -> None:
        said = set()
        for email, password in [(alice.email, "wrong-password"), ("no@bank.example", "wrong-pass")]:
            with pytest.raises(WrongCredentials) as refused:
                sign_in(email, password, address=address)
            said.add((refused.value.code, refused.value.message))
        assert len(said) == 1

    @pytest.mark.parametrize(
        ("email", "password"),
        [("", "p"), ("a@bank.example", ""), ("a" * 300, "p"), ("a", "p" * 300)],
    )
    def test_refuses_nonsense(self, email: str, password: str, address: str) -> None:
        with pytest.raises(WrongCredentials):
            sign_in(email, password, address=address)

    def test_refuses_bobs_password_for_alice(
        self, alice: Person, bob: Person, address: str
    ) -> None:
        with pytest.raises(WrongCredentials):
            sign_in(alice.email, bob.password, address=address)

    @override_settings(IDENTITY={"attempts_per_email": 2})
    def test_locks_out_even_the_right_password(self, alice: Person, address: str) -> None:
        for _ in range(2):
            with pytest.raises(WrongCredentials):
                sign_in(alice.email, "wrong-password", address=address)
        with pytest.raises(TooManyAttempts):
            sign_in(alice.email.upper(), alice.password, address=address)

    def test_shows_neither_address_nor_token_in_a_repr(self, alice: Person, address: str) -> None:
        signed_in = sign_in(alice.email, alice.password, address=address)
        shown = repr(signed_in)
        assert alice.customer_id in shown
        for secret in (alice.email, "Alice", signed_in.tokens.access_token):
            assert secret not in shown


class TestCreateCustomer:
    def test_keeps_the_id_and_sets_the_password_when_repeated(
        self, alice: Person, address: str
    ) -> None:
        again = create_customer(alice.email.upper(), "another-password")
        assert again == alice.customer_id
        assert sign_in(alice.email, "another-password", address=address)

    def test_refuses_a_weak_password(self) -> None:
        with pytest.raises(PasswordTooWeak):
            create_customer("weak@bank.example", "short")

    def test_refuses_what_is_no_email_address(self) -> None:
        with pytest.raises(NotAnEmailAddress):
            create_customer("not an address", "a-good-password")

    @pytest.mark.django_db
    def test_leaves_no_row_in_the_relational_database(self, alice: Person) -> None:
        assert not User.objects.filter(email=alice.email).exists()
        assert not User.objects.filter(username__in=[alice.email, alice.customer_id]).exists()


class TestProvision:
    def test_repeated_keeps_pool_and_people(self, alice: Person, address: str) -> None:
        provision()
        assert sign_in(alice.email, alice.password, address=address)
