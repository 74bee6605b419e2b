import secrets

import pytest

from aws import storage
from aws.vault import Tampered
from txhub.domain.entities import AccountId
from txhub.resources import STATEMENT_OBJECTS
from txhub.statements.domain.months import Month
from txhub.statements.repository import Form, content_name, read_object, write_object
from txhub.tests.people import new_account

MAY, JUNE = Month(2026, 5), Month(2026, 6)


@pytest.fixture
def account() -> AccountId:
    return new_account()


class TestAnObject:
    def test_reads_back(self, account: AccountId) -> None:
        for form in Form:
            write_object(account, MAY, "stm_1", form, form.encode())
        assert [read_object(account, MAY, "stm_1", form) for form in Form] == [b"json", b"pdf"]

    def test_is_never_written_over(self, account: AccountId) -> None:
        write_object(account, MAY, "stm_1", Form.JSON, b"first")
        write_object(account, MAY, "stm_1", Form.JSON, b"second")
        assert read_object(account, MAY, "stm_1", Form.JSON) == b"first"

    def test_opens_nowhere_else(self, account: AccountId) -> None:
        write_object(account, MAY, "stm_1", Form.JSON, b"content")
        sealed = storage.get_stream(STATEMENT_OBJECTS, f"{account}/{MAY}/stm_1.json")
        storage.put_stream(STATEMENT_OBJECTS, f"{account}/{JUNE}/stm_1.json", sealed)
        with pytest.raises(Tampered):
            read_object(account, JUNE, "stm_1", Form.JSON)

    def test_lies_there_sealed(self, account: AccountId) -> None:
        word = secrets.token_hex(8).encode()
        write_object(account, MAY, "stm_1", Form.JSON, word)
        stored = b"".join(storage.get_stream(STATEMENT_OBJECTS, f"{account}/{MAY}/stm_1.json"))
        assert word not in stored


class TestTheNameOfAContent:
    def test_is_its_own_and_tells_nothing(self) -> None:
        names = {content_name(content) for content in (b"a", b"b", b"a")}
        assert len(names) == 2
        assert all(name.startswith("stm_") for name in names)
