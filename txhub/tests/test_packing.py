from hypothesis import given
from hypothesis import strategies as st

from aws.dynamodb import Delete
from aws.dynamodb.transactions import Action
from txhub.repository import TRANSACTION_REPOSITORY
from txhub.services.packing import packed


class TestPacked:
    @given(st.lists(st.integers(0, 4), max_size=40), st.integers(4, 9))
    def test_parts_no_unit_and_leaves_none_out(self, sizes: list[int], actions_max: int) -> None:
        units: list[list[Action]] = [
            [Delete(TRANSACTION_REPOSITORY, str(number), str(n)) for n in range(size)]
            for number, size in enumerate(sizes)
        ]
        groups = list(packed(units, actions_max))
        assert [each for group in groups for each in group] == [e for unit in units for e in unit]
        assert all(len(group) <= actions_max for group in groups)
        for unit in filter(None, units):
            assert sum(unit[0] in group and unit[-1] in group for group in groups) == 1
