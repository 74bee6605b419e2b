import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws.vault import Tampered
from aws.vault.keys import BranchKey, derive

SECRET = bytes(range(32))
BRANCH = BranchKey("03", 2, SECRET)
OTHER_SECRET = BranchKey("03", 2, SECRET[::-1])
OTHER_VERSION = BranchKey("03", 3, SECRET)
OTHER_BRANCH = BranchKey("04", 2, SECRET)


class TestBranchKey:
    @given(st.text(max_size=30), st.lists(st.binary(min_size=32, max_size=32), max_size=4))
    def test_gives_back_what_it_wrapped(self, subject: str, secrets: list[bytes]) -> None:
        wrapped = BRANCH.wrap(subject, tuple(secrets))
        assert BRANCH.unwrap(subject, wrapped) == tuple(secrets)

    @pytest.mark.parametrize("other", [OTHER_SECRET, OTHER_VERSION, OTHER_BRANCH])
    def test_unwraps_nothing_of_another(self, other: BranchKey) -> None:
        with pytest.raises(Tampered):
            other.unwrap("s", BRANCH.wrap("s", (b"x" * 32,)))

    def test_unwraps_no_other_subjects_key(self) -> None:
        with pytest.raises(Tampered):
            BRANCH.unwrap("account:b", BRANCH.wrap("account:a", (b"x" * 32,)))

    def test_unwraps_no_versions_that_changed_places(self) -> None:
        one, two = BRANCH.wrap("s", (b"1" * 32, b"2" * 32))
        with pytest.raises(Tampered):
            BRANCH.unwrap("s", (two, one))

    @given(st.integers(0, 48 * 8 - 1))
    def test_unwraps_nothing_with_a_bit_flipped(self, bit: int) -> None:
        (wrapped,) = BRANCH.wrap("s", (b"x" * 32,))
        altered = bytearray(wrapped)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Tampered):
            BRANCH.unwrap("s", (bytes(altered),))

    @pytest.mark.parametrize("other", [OTHER_SECRET, OTHER_VERSION, OTHER_BRANCH])
    def test_is_told_from_another_by_its_check_value(self, other: BranchKey) -> None:
        BRANCH.verify(BRANCH.check_value())
        with pytest.raises(Tampered):
            other.verify(BRANCH.check_value())

    def test_shows_no_secret(self) -> None:
        assert "kkk" not in repr(BranchKey("00", 1, b"k" * 32))

    def test_keeps_its_format(self) -> None:
        """Fails when stored keys would no longer unwrap."""
        assert BRANCH.check_value().hex() == "565cd89ece1235513bbeb8eca50bfa02"
        wrapped = bytes.fromhex(
            "e9aa03123341d6b3f9ef673746eb28c5dd8e6615461484a03cee71da64b6fea53adad6519f76"
            "109dfb8e46453a16c074"
        )
        assert BRANCH.unwrap("account:a", (wrapped,)) == (SECRET[::-1],)


class TestDerivedKeys:
    def test_differ_by_label(self) -> None:
        labels = ["fields", "ids/a", "ids/b", "branch-wraps", "branch-check/00/1"]
        assert len({derive(SECRET, label) for label in labels}) == len(labels)
