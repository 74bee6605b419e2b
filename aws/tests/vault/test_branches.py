import time

import pytest

from aws.tests.vault.conftest import a_subject, counted_calls
from aws.vault import Tampered, rotation, vault
from aws.vault.branches import BRANCHES, BranchKeys, branch_for
from aws.vault.records import KeyRecords


def process(records: KeyRecords) -> BranchKeys:
    return BranchKeys(records, lifetime_s=100, monotonic=time.monotonic)


class TestBranchKeys:
    def test_are_the_winners_when_two_processes_make_one(self, records: KeyRecords) -> None:
        branch = a_subject("branch")
        one, two = (process(records).current(branch, None) for _ in range(2))
        assert one == two
        assert process(records).of_version(branch, 1, None) == one

    def test_are_read_again_when_rotation_came_in_between(self, records: KeyRecords) -> None:
        before = records.read((), ["00"]).branches["00"]
        rotation.new_branch_versions(records)
        with counted_calls() as calls:
            key = process(records).of_version("00", before.version + 1, before)
        list(rotation.wrap_subjects_again(vault().keyring))
        assert key.version == before.version + 1
        assert calls == ["BatchGetItem", "Decrypt"]

    def test_have_no_version_that_was_never_made(self, records: KeyRecords) -> None:
        for version in (0, 999):
            with pytest.raises(Tampered):
                process(records).of_version("00", version, None)

    def test_spread_the_subjects_evenly(self) -> None:
        counts = dict.fromkeys(BRANCHES, 0)
        for number in range(8000):
            counts[branch_for(f"account:{number}")] += 1
        assert all(800 < count < 1200 for count in counts.values())

    def test_place_a_subject_for_ever(self) -> None:
        """Fails when subjects would be looked for in another branch than before."""
        assert [branch_for(f"account:{n}") for n in range(4)] == ["00", "06", "04", "02"]
