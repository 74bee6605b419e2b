from collections.abc import Iterator
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from aws import sessions
from aws.tests.vault.conftest import PLACE, a_subject, counted_calls
from aws.vault import KeyMissing, Vault, kms, rotation, vault
from aws.vault.branches import BRANCHES, branch_for
from aws.vault.fields import version_in
from aws.vault.keyring import Keyring
from aws.vault.records import KeyRecords
from aws.vault.service import ID_ROOT
from kernel.errors import Conflict


def run(command: str, *args: str) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out, stderr=out)
    return out.getvalue()


def sealed_by_many(count: int) -> dict[str, bytes]:
    vault = Vault()
    subjects = [a_subject() for _ in range(count)]
    vault.prepare(subjects)
    return {each: vault.seal(each, each.encode(), PLACE) for each in subjects}


def all_open(vault: Vault, sealed: dict[str, bytes]) -> bool:
    vault.prepare(sealed, create=False)
    return all(vault.open(each, data, PLACE) == each.encode() for each, data in sealed.items())


def enabled_kms_keys() -> set[str]:
    client = sessions.client("kms")
    pages = client.get_paginator("list_keys").paginate()
    arns = [key["KeyArn"] for page in pages for key in page["Keys"]]
    return {each for each in arns if client.describe_key(KeyId=each)["KeyMetadata"]["Enabled"]}


class TestProvision:
    def test_can_be_repeated(self, records: KeyRecords) -> None:
        before = (kms.present_key(), records.read([ID_ROOT], BRANCHES))
        rotation.provision(Vault())
        assert (kms.present_key(), records.read([ID_ROOT], BRANCHES)) == before

    def test_makes_one_key_when_two_do_it_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TXHUB_KMS_ALIAS", f"alias/test-{a_subject('x').split(':')[1]}")
        client = sessions.client("kms")
        made: list[str] = []

        def faster(params: object, **_rest: object) -> None:
            """Another process makes key and alias between our look and our alias."""
            client.meta.events.unregister("before-call.kms.CreateAlias", faster)
            made.append(kms.ensure_key())

        client.meta.events.register("before-call.kms.CreateAlias", faster)
        before = enabled_kms_keys()
        assert kms.ensure_key() == made[0] == kms.present_key()
        assert enabled_kms_keys() - before == set(made)  # the one made in vain is to be deleted


class TestRotatingBranches:
    def test_wraps_every_subject_again_and_rewrites_no_data(self, records: KeyRecords) -> None:
        sealed = sealed_by_many(130)
        ids = Vault().id_key("transactions")
        before = rotation.versions(records)
        said = run("rotate_keys", "--branch")
        after = rotation.versions(records)
        assert after == {branch: version + 1 for branch, version in before.items()}
        found = records.read(sealed).subjects.values()
        assert {each.branch_version - after[each.branch] for each in found} == {0}
        assert list(records.subjects_behind(after)) == []
        assert "wrapped again" in said
        assert all_open(Vault(), sealed)
        assert Vault().id_key("transactions") == ids

    def test_is_not_noticed_by_a_process_that_has_the_keys(self) -> None:
        sealed = sealed_by_many(20)
        running = Vault()
        assert all_open(running, sealed)
        run("rotate_keys", "--branch")
        with counted_calls() as calls:
            assert all_open(running, sealed)
        assert calls == []

    def test_is_survived_by_a_process_that_has_only_the_old_branch_keys(self) -> None:
        running = Vault()
        running.keyring.branches.make_all()
        sealed = sealed_by_many(20)
        run("rotate_keys", "--branch")
        assert all_open(running, sealed)
        assert running.seal(a_subject(), b"x", PLACE)

    def test_goes_on_where_it_was_interrupted(self, records: KeyRecords) -> None:
        sealed = sealed_by_many(130)
        rotation.new_branch_versions(records)
        first_hundred = next(
            rotation.wrap_subjects_again(Keyring(records, keys_max=9, lifetime_s=9))
        )
        versions = rotation.versions(records)
        behind = len(list(records.subjects_behind(versions)))
        assert first_hundred == 100
        assert behind >= 30
        assert all_open(Vault(), sealed)  # half of it done
        assert f"\r{behind} subject keys wrapped again" in run(
            "rotate_keys", "--branch", "--resume"
        )
        assert rotation.versions(records) == versions
        assert list(records.subjects_behind(versions)) == []
        assert all_open(Vault(), sealed)

    def test_keeps_what_changed_while_it_ran(self, records: KeyRecords) -> None:
        """One of a hundred is rotated in between: it is left to its own change, the rest done."""
        subjects = list(sealed_by_many(3))
        rotation.new_branch_versions(records)
        list(rotation.wrap_subjects_again(vault().keyring))
        rotation.new_branch_versions(records)
        read = records.read(subjects, BRANCHES)
        changes = [
            (each, rotation._wrapped_now(vault().keyring, each, read.branches[each.branch]))
            for each in read.subjects.values()
        ]
        rotation.rotate_subject(Vault(), subjects[1])
        assert rotation._replace_together(records, changes) == 2
        assert len(records.read(subjects).subjects[subjects[1]].wrapped) == 2

    def test_by_two_at_once_is_refused_to_the_slower(self, records: KeyRecords) -> None:
        record = records.read((), ["00"]).branches["00"]
        rotation.new_branch_versions(records)
        with pytest.raises(Conflict):
            records.replace_branch(replace(record, revision=99), instead_of=record)


class TestRotatingTheKmsKey:
    def test_leaves_nothing_under_the_old_key(self, records: KeyRecords) -> None:
        sealed = sealed_by_many(20)
        old = kms.present_key()
        run("rotate_keys", "--kms", "--new-key")
        assert kms.present_key() != old
        branches = records.read((), BRANCHES).branches.values()
        under = {each.kms_key for branch in branches for each in branch.wrapped}
        assert under == {kms.present_key()}
        sessions.client("kms").disable_key(KeyId=old)
        assert all_open(Vault(), sealed)

    def test_finds_the_older_versions_of_a_branch_too(self, records: KeyRecords) -> None:
        kms.point_at_new_key()
        rotation.new_branch_versions(records)  # the newest version is under the new KMS key already
        run("rotate_keys", "--kms")
        branches = records.read((), BRANCHES).branches.values()
        assert {each.kms_key for b in branches for each in b.wrapped} == {kms.present_key()}

    def test_changes_nothing_the_second_time(self, records: KeyRecords) -> None:
        run("rotate_keys", "--kms")
        before = records.read((), BRANCHES).branches
        assert run("rotate_keys", "--kms").startswith("0 branch keys")
        assert records.read((), BRANCHES).branches == before

    def test_wraps_no_branch_key_again_that_does_not_verify(self, records: KeyRecords) -> None:
        record = records.read((), ["00"]).branches["00"]
        broken = tuple(replace(each, check_value=bytes(16)) for each in record.wrapped)
        records.replace_branch(replace(record, wrapped=broken), instead_of=record)
        kms.point_at_new_key()
        try:
            with pytest.raises(CommandError, match="tampered"):
                run("rotate_keys", "--kms")
        finally:
            records.replace_branch(record, instead_of=record)
        run("rotate_keys", "--kms")

    def test_says_so_when_the_kms_key_is_out_of_use(self) -> None:
        client, present = sessions.client("kms"), kms.present_key()
        subject = a_subject()
        Vault().prepare([subject])
        client.disable_key(KeyId=present)
        try:
            with pytest.raises(kms.KmsKeyOutOfUse):
                Vault().key(subject)
        finally:
            client.enable_key(KeyId=present)
        assert Vault().key(subject)


class TestRotatingASubject:
    def test_seals_anew_and_opens_the_old(self) -> None:
        subject, old = a_subject(), Vault()
        sealed = old.seal(subject, b"old", PLACE)
        assert run("rotate_keys", "--subject", subject) == f"{subject}: version 2\n"
        new = Vault()
        newer = new.seal(subject, b"new", PLACE)
        assert (version_in(sealed), version_in(newer)) == (1, 2)
        assert new.open(subject, sealed, PLACE) == b"old"
        assert new.open(subject, newer, PLACE) == b"new"

    def test_is_picked_up_by_a_running_process_that_meets_it(self) -> None:
        """Its own seals stay under the old version until its cache notices; both open."""
        subject, running = a_subject(), Vault()
        key = running.key(subject)
        rotation.rotate_subject(Vault(), subject)
        newer = Vault().seal(subject, b"new", PLACE)
        with counted_calls() as calls:
            assert key.open(newer, PLACE) == b"new"
        assert calls == ["BatchGetItem"]
        assert version_in(running.seal(subject, b"x", PLACE)) == 2

    def test_keeps_files_of_the_old_version_open(self) -> None:
        subject = a_subject("feed")
        sealed = list(Vault().seal_stream(subject, "landing", [b"old"]))
        rotation.rotate_subject(Vault(), subject)
        assert b"".join(Vault().open_stream("landing", sealed)) == b"old"

    def test_goes_with_rotating_branches(self, records: KeyRecords) -> None:
        subject = a_subject()
        sealed = Vault().seal(subject, b"old", PLACE)
        rotation.new_branch_versions(records)
        rotation.rotate_subject(Vault(), subject)
        record = records.read([subject]).subjects[subject]
        assert record.branch_version == rotation.versions(records)[branch_for(subject)]
        assert Vault().open(subject, sealed, PLACE) == b"old"
        list(rotation.wrap_subjects_again(vault().keyring))

    def test_is_refused_for_the_root_of_the_ids(self) -> None:
        with pytest.raises(CommandError, match="never_rotated"):
            run("rotate_keys", "--subject", ID_ROOT)

    def test_is_refused_for_a_subject_without_a_key(self) -> None:
        with pytest.raises(KeyMissing):
            rotation.rotate_subject(Vault(), a_subject())


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Other tests of this engine find every subject under the present branch keys."""
    yield
    list(rotation.wrap_subjects_again(vault().keyring))
