from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws.vault import Place, Tampered
from aws.vault.fields import OVERHEAD_BYTES, header_for, open_field, seal_field, version_in
from aws.vault.keys import SubjectKey

KEY = bytes(range(32))
PLACE = Place(table="transactions", key="acc_1#2018-04|txn_1", attribute="z")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PLACES = st.builds(Place, table=TEXT, key=TEXT, attribute=TEXT)
SECRETS = st.binary(min_size=32, max_size=32)


def no_renewal(subject: str) -> SubjectKey:
    raise Tampered("no newer version is stored")


class TestSealedField:
    @given(SECRETS, st.binary(max_size=400), PLACES)
    def test_opens_where_it_was_sealed(self, secret: bytes, plain: bytes, place: Place) -> None:
        key = SubjectKey("s", (secret,), no_renewal)
        sealed = key.seal(plain, place)
        assert key.open(sealed, place) == plain
        assert len(sealed) == len(plain) + OVERHEAD_BYTES

    @given(st.binary(max_size=100), PLACES)
    def test_is_the_same_for_the_same_input(self, plain: bytes, place: Place) -> None:
        one, two = (SubjectKey("s", (KEY,), no_renewal) for _ in range(2))
        assert one.seal(plain, place) == two.seal(plain, replace(place))

    @given(st.binary(max_size=100), PLACES, PLACES)
    def test_opens_in_no_other_place(self, plain: bytes, place: Place, other: Place) -> None:
        key = SubjectKey("s", (KEY,), no_renewal)
        sealed = key.seal(plain, place)
        if other == place:
            return
        with pytest.raises(Tampered):
            key.open(sealed, other)

    @pytest.mark.parametrize(
        "other",
        [
            replace(PLACE, table="accounts"),
            replace(PLACE, key="acc_1#2018-04|txn_2"),
            replace(PLACE, attribute="h"),
            # The same letters, cut elsewhere.
            Place(table="transaction", key="sacc_1#2018-04|txn_1", attribute="z"),
            Place(table="transactions", key="acc_1#2018-04|txn_", attribute="1z"),
        ],
        ids=["table", "item", "attribute", "letter from table to key", "letter to attribute"],
    )
    def test_does_not_open_after_a_move(self, other: Place) -> None:
        key = SubjectKey("s", (KEY,), no_renewal)
        with pytest.raises(Tampered):
            key.open(key.seal(b"plain", PLACE), other)

    @given(st.binary(max_size=60), st.data())
    def test_does_not_open_with_a_bit_flipped(self, plain: bytes, data: st.DataObject) -> None:
        key = SubjectKey("s", (KEY, KEY[::-1]), no_renewal)
        sealed = bytearray(key.seal(plain, PLACE))
        bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
        sealed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Tampered):
            key.open(bytes(sealed), PLACE)

    @given(st.binary(max_size=60), st.data())
    def test_does_not_open_when_cut_or_extended(self, plain: bytes, data: st.DataObject) -> None:
        key = SubjectKey("s", (KEY,), no_renewal)
        sealed = key.seal(plain, PLACE)
        cut = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
        longer = sealed + data.draw(st.binary(min_size=1, max_size=20))
        for changed in (cut, longer):
            with pytest.raises(Tampered):
                key.open(changed, PLACE)

    @given(SECRETS, SECRETS, st.binary(max_size=60))
    def test_opens_under_no_other_key(self, secret: bytes, other: bytes, plain: bytes) -> None:
        if secret == other:
            return
        sealed = SubjectKey("s", (secret,), no_renewal).seal(plain, PLACE)
        with pytest.raises(Tampered):
            SubjectKey("s", (other,), no_renewal).open(sealed, PLACE)

    @given(st.binary(max_size=200))
    def test_refuses_what_was_never_sealed(self, anything: bytes) -> None:
        with pytest.raises(Tampered):
            SubjectKey("s", (KEY,), no_renewal).open(anything, PLACE)

    def test_does_not_open_as_another_version_of_the_same_secret(self) -> None:
        sealed = seal_field(KEY, header_for(1), b"plain", PLACE)
        renamed = header_for(2) + sealed[3:]
        assert version_in(renamed) == 2
        with pytest.raises(Tampered):
            open_field(KEY, header_for(2), renamed, PLACE)

    def test_keeps_its_format(self) -> None:
        """Fails when stored fields would no longer open: then it needs a new format byte."""
        key = SubjectKey("s", (KEY[::-1], KEY), no_renewal)
        sealed = bytes.fromhex(
            "0100022d6a999b50067c4f9e1d7a3c4b2d2253cc486b1b79c76a34f84ed87e57f974"
        )
        assert key.open(sealed, PLACE) == b"SHELL KINGS 587"


class TestSubjectKey:
    def test_opens_every_version_and_seals_under_the_newest(self) -> None:
        old = SubjectKey("s", (KEY,), no_renewal)
        new = SubjectKey("s", (KEY, KEY[::-1]), no_renewal)
        sealed = old.seal(b"plain", PLACE)
        assert new.open(sealed, PLACE) == b"plain"
        assert version_in(new.seal(b"plain", PLACE)) == 2

    def test_asks_for_a_version_made_since(self) -> None:
        new = SubjectKey("s", (KEY, KEY[::-1]), no_renewal)
        asked: list[str] = []

        def renew(subject: str) -> SubjectKey:
            asked.append(subject)
            return new

        old = SubjectKey("s", (KEY,), renew)
        assert old.open(new.seal(b"plain", PLACE), PLACE) == b"plain"
        assert asked == ["s"]

    def test_shows_no_secret(self) -> None:
        key = SubjectKey("account:a", (b"k" * 32,), no_renewal)
        assert "kkk" not in repr(key)
        assert "account:a" in repr(key)
