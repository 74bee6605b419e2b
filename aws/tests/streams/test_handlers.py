from collections.abc import Sequence

import pytest

from aws.resources import Table
from aws.streams import Change, Handler, Progress, register
from aws.streams.handlers import AnyHandler, UnknownHandler, registered
from aws.tests.streams.declared import WATCHED, Packer, ScratchTable, Watcher


def _handler(name: str, source: Table = WATCHED) -> AnyHandler:
    class Made(Handler[Change]):
        def handle(self, batch: Sequence[Change]) -> Progress:
            return batch[-1].sequence

    Made.name, Made.source = name, source
    return Made


class TestRegister:
    def test_finds_handlers_by_name(self) -> None:
        assert registered(["try_watcher", "try_packer", "try_packer"]) == [Packer, Watcher]
        assert {Packer, Watcher} <= set(registered())

    def test_refuses_a_second_one_of_the_same_name(self) -> None:
        assert register(Watcher) is Watcher
        with pytest.raises(ValueError, match="two handlers are called 'try_watcher'"):
            register(_handler("try_watcher"))

    @pytest.mark.parametrize("name", ["", "Alerts", "new-alerts", "9lives", "a" * 60])
    def test_refuses_names_that_no_attribute_could_have(self, name: str) -> None:
        with pytest.raises(ValueError, match="small letters"):
            register(_handler(name))

    def test_refuses_a_table_without_a_stream(self) -> None:
        table = ScratchTable(name="try-silent", purpose="A try.")
        with pytest.raises(ValueError, match="declared without a stream"):
            register(_handler("try_silent", table))

    def test_says_which_there_are(self) -> None:
        with pytest.raises(UnknownHandler, match=r"nobody; there are: .*try_packer"):
            registered(["nobody"])
