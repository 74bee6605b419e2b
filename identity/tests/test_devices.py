"""Devices and their tokens."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from secrets import token_hex

import pytest
from django.core.management import CommandError, call_command

from identity.audit import entries_about
from identity.devices import (
    REMEMBERED_S,
    DeviceMissing,
    DeviceVerifier,
    create_device,
    disable_device,
)
from identity.repository import DEVICE_REPOSITORY
from identity.tokens import TokenRefused

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def verifier() -> DeviceVerifier:
    return DeviceVerifier(DEVICE_REPOSITORY.find)


class TestAToken:
    def test_tells_whose_it_is(self, verifier: DeviceVerifier) -> None:
        device = create_device("boiler", now=NOW)
        assert verifier.device(device.token, now=NOW).device_id == device.device_id

    def test_is_not_what_is_kept(self) -> None:
        device = create_device("boiler", now=NOW)
        item = DEVICE_REPOSITORY.get(device.device_id)
        assert device.token.partition(".")[2] not in repr(item)
        assert device.token not in repr(device)

    def test_with_another_secret_is_refused(self, verifier: DeviceVerifier) -> None:
        one, other = create_device("one", now=NOW), create_device("other", now=NOW)
        _, _, secret = other.token.partition(".")
        for forged in (f"{one.device_id}.{secret}", one.token[:-1], one.token + "x"):
            with pytest.raises(TokenRefused):
                verifier.device(forged, now=NOW)

    @pytest.mark.parametrize("token", ["", "dev_", "dev_x.y", "dev_" + "a" * 26, "dev_" + "é" * 99])
    def test_that_is_none_is_refused(self, verifier: DeviceVerifier, token: str) -> None:
        with pytest.raises(TokenRefused):
            verifier.device(token, now=NOW)

    def test_of_a_disabled_device_is_refused_within_a_minute(
        self, verifier: DeviceVerifier
    ) -> None:
        device = create_device("boiler", now=NOW)
        verifier.device(device.token, now=NOW)
        disable_device(device.device_id, now=NOW)
        verifier.device(device.token, now=NOW + timedelta(seconds=REMEMBERED_S - 1))
        with pytest.raises(TokenRefused):
            verifier.device(device.token, now=NOW + timedelta(seconds=REMEMBERED_S))

    def test_that_nobody_has_cannot_be_disabled(self) -> None:
        with pytest.raises(DeviceMissing):
            disable_device("dev_" + "a" * 26, now=NOW)


class TestCommands:
    def test_create_a_device_and_disable_it(self, verifier: DeviceVerifier) -> None:
        printed = StringIO()
        call_command("create_device", f"boiler {token_hex(4)}", stdout=printed)
        token = printed.getvalue().strip()
        device = verifier.device(token, now=NOW)
        call_command("disable_device", token, stdout=StringIO())
        with pytest.raises(TokenRefused):
            DeviceVerifier(DEVICE_REPOSITORY.find).device(token, now=NOW)
        actions = [entry.action for entry in entries_about(device.device_id)]
        assert sorted(actions) == ["device.created", "device.disabled"]

    def test_say_so_where_there_is_no_such_device(self) -> None:
        with pytest.raises(CommandError):
            call_command("disable_device", "dev_nobody")
