"""The lists behind `make mutations` are true of the tree as it is."""

import pytest

from tests.mutations.__main__ import DOCS, GUARDS, ROOT, as_page
from tests.mutations.guard import Guard


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
class TestGuard:
    def test_stands_in_its_file_once(self, guard: Guard) -> None:
        assert (ROOT / guard.file).read_text(encoding="utf-8").count(guard.holds) == 1
        assert guard.broken != guard.holds

    def test_has_its_test(self, guard: Guard) -> None:
        file, *names = guard.test.split("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert all(f"class {name}" in text or f"def {name}(" in text for name in names)


def test_the_page_is_made_from_the_lists() -> None:
    assert DOCS.read_text(encoding="utf-8") == as_page()
