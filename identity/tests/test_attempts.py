import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.conf import settings
from django.test import RequestFactory, override_settings

from identity.attempts import Attempt, TooManyAttempts, network_address


@pytest.fixture
def email() -> str:
    return f"{secrets.token_hex(6)}@bank.example"


def begins(email: str, address: str) -> bool:
    try:
        Attempt.begin(email=email, address=address)
    except TooManyAttempts:
        return False
    return True


class TestAttempts:
    @override_settings(IDENTITY={"attempts_per_email": 3})
    def test_stop_at_the_limit_of_an_email_address(self, email: str, address: str) -> None:
        assert [begins(email, address) for _ in range(5)] == [True] * 3 + [False] * 2

    @override_settings(IDENTITY={"attempts_per_address": 3})
    def test_stop_at_the_limit_of_a_network_address(self, email: str, address: str) -> None:
        assert [begins(f"{n}{email}", address) for n in range(5)] == [True] * 3 + [False] * 2

    @override_settings(IDENTITY={"attempts_per_email": 3})
    def test_of_one_person_do_not_stop_another(self, email: str, address: str) -> None:
        for _ in range(4):
            begins(email, address)
        assert begins(f"other{email}", address)

    @override_settings(IDENTITY={"attempts_per_email": 1, "attempts_window_s": 100})
    def test_say_how_long_to_wait(self, email: str, address: str) -> None:
        begins(email, address)
        with pytest.raises(TooManyAttempts) as refused:
            Attempt.begin(email=email, address=address)
        assert 98 <= refused.value.retry_after_s <= 100

    @override_settings(IDENTITY={"attempts_per_email": 2})
    def test_that_succeed_forget_earlier_failures(self, email: str, address: str) -> None:
        begins(email, address)
        Attempt.begin(email=email, address=address).succeeded()
        assert [begins(email, address) for _ in range(3)] == [True, True, False]

    @override_settings(IDENTITY={"attempts_per_address": 2})
    def test_that_succeed_do_not_count_for_the_network(self, email: str, address: str) -> None:
        for n in range(5):
            Attempt.begin(email=f"{n}{email}", address=address).succeeded()

    @override_settings(IDENTITY={"attempts_per_email": 1})
    def test_can_be_taken_back(self, email: str, address: str) -> None:
        Attempt.begin(email=email, address=address).take_back()
        assert begins(email, address)
        assert not begins(email, address)

    @override_settings(IDENTITY={"attempts_per_email": 10})
    def test_cannot_slip_past_the_limit_side_by_side(self, email: str, address: str) -> None:
        with ThreadPoolExecutor(8) as pool:
            passed = list(pool.map(lambda _: begins(email, address), range(40)))
        assert sum(passed) == 10

    @override_settings(IDENTITY={"attempts_window_s": 1, "attempts_per_email": 1})
    def test_expire_even_where_one_was_taken_back(self, email: str, address: str) -> None:
        Attempt.begin(email=email, address=address).take_back()
        store = redis.Redis.from_url(settings.REDIS_URL)
        keys = [key for key in store.scan_iter("*{sign-in}*") if store.pttl(key) == -1]
        assert keys == []

    def test_leave_no_address_in_redis(self, email: str, address: str) -> None:
        begins(email, address)
        names = b" ".join(redis.Redis.from_url(settings.REDIS_URL).scan_iter("*"))
        assert b"{sign-in}" in names
        assert email.encode() not in names
        assert address.encode() not in names


class TestNetworkAddress:
    def of(self, remote: str, forwarded: str = "") -> str:
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return network_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))

    def test_is_the_peer(self) -> None:
        assert self.of("192.0.2.7") == "192.0.2.7"

    def test_does_not_believe_a_header_that_no_proxy_of_ours_wrote(self) -> None:
        assert self.of("192.0.2.7", forwarded="198.51.100.1") == "192.0.2.7"

    @override_settings(IDENTITY={"trusted_proxies": 1})
    def test_believes_as_many_hops_as_there_are_proxies(self) -> None:
        assert self.of("10.0.0.1", forwarded="203.0.113.9, 198.51.100.1") == "198.51.100.1"
        assert self.of("10.0.0.1") == "10.0.0.1"

    def test_takes_a_household_of_ipv6_as_one(self) -> None:
        assert self.of("2001:db8:1:2:aaaa::1") == self.of("2001:db8:1:2:bbbb::9")
        assert self.of("2001:db8:1:3:aaaa::1") != self.of("2001:db8:1:2:aaaa::1")
