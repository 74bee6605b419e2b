from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from aws.tests.vault.conftest import PLACE, a_subject, counted_calls
from aws.tests.vault.test_cache import Watch
from aws.vault import KeyDestroyed, KeyMissing, Vault, destruction, rotation, vault
from aws.vault.records import KeyRecords
from aws.vault.service import ID_ROOT
from kernel.clock import utc_now


def run(*args: str) -> str:
    out = StringIO()
    call_command("destroy_keys", *args, stdout=out, stderr=out)
    return out.getvalue()


class TestDestroying:
    def test_makes_everything_unreadable(self, records: KeyRecords) -> None:
        subject = a_subject()
        old = Vault().seal(subject, b"x", PLACE)
        rotation.rotate_subject(Vault(), subject)
        new = Vault().seal(subject, b"x", PLACE)
        file = list(Vault().seal_stream(subject, "statement", [b"x"]))
        assert f"{subject}: destroyed at" in run(subject, "--yes")
        for sealed in (old, new):
            with pytest.raises(KeyDestroyed):
                Vault().open(subject, sealed, PLACE)
        with pytest.raises(KeyDestroyed):
            Vault().open_stream("statement", file)
        assert records.read([subject]).subjects[subject].wrapped == ()

    def test_is_for_ever(self, records: KeyRecords) -> None:
        subject = a_subject()
        Vault().prepare([subject])
        when = destruction.destroy(Vault(), subject, now=utc_now())
        Vault().prepare([subject])
        for refused in (
            lambda: Vault().seal(subject, b"x", PLACE),
            lambda: Vault().key(subject),
            lambda: rotation.rotate_subject(Vault(), subject),
        ):
            with pytest.raises(KeyDestroyed):
                refused()
        assert destruction.destroy(Vault(), subject, now=utc_now()) == when
        assert records.read([subject]).subjects[subject].wrapped == ()

    def test_survives_rotation_of_the_branches(self, records: KeyRecords) -> None:
        subject = a_subject()
        Vault().prepare([subject])
        destruction.destroy(Vault(), subject, now=utc_now())
        rotation.new_branch_versions(records)
        list(rotation.wrap_subjects_again(vault().keyring))
        with pytest.raises(KeyDestroyed):
            Vault().key(subject)

    def test_works_at_once_in_this_process_and_elsewhere_within_the_lifetime(self) -> None:
        subject, here, watch = a_subject(), Vault(), Watch()
        elsewhere = Vault(lifetime_s=100, monotonic=watch)
        sealed = here.seal(subject, b"x", PLACE)
        elsewhere.open(subject, sealed, PLACE)
        destruction.destroy(here, subject, now=utc_now())
        with pytest.raises(KeyDestroyed):
            here.open(subject, sealed, PLACE)
        assert elsewhere.open(subject, sealed, PLACE) == b"x"
        watch.now_s += 100
        with pytest.raises(KeyDestroyed):
            elsewhere.open(subject, sealed, PLACE)

    def test_is_remembered_without_another_read(self) -> None:
        subject, here = a_subject(), Vault()
        here.prepare([subject])
        destruction.destroy(here, subject, now=utc_now())
        with counted_calls() as calls:
            for _ in range(3):
                with pytest.raises(KeyDestroyed):
                    here.seal(subject, b"x", PLACE)
        assert calls == ["BatchGetItem"]

    def test_is_refused_for_what_has_no_key_and_for_the_root_of_the_ids(self) -> None:
        with pytest.raises(KeyMissing):
            destruction.destroy(Vault(), a_subject(), now=utc_now())
        with pytest.raises(CommandError, match="1 of 1 refused"):
            run(ID_ROOT, "--yes")
        assert Vault().id_key("transactions")

    def test_asks_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        subject = a_subject()
        Vault().prepare([subject])
        monkeypatch.setattr("builtins.input", lambda prompt: "yes")
        with pytest.raises(CommandError, match="nothing was destroyed"):
            run(subject)
        assert Vault().key(subject, create=False)
        monkeypatch.setattr("builtins.input", lambda prompt: "destroy")
        assert "destroyed at" in run(subject)


class TestLegalHold:
    def test_forbids_destroying_until_every_case_is_released(self) -> None:
        subject = a_subject()
        Vault().prepare([subject])
        assert run(subject, "--hold", "CASE-1") == f"{subject}: held by 1\n"
        assert run(subject, "--hold", "CASE-2") == f"{subject}: held by 2\n"
        for case in ("CASE-1", "CASE-2"):
            with pytest.raises(CommandError):
                run(subject, "--yes")
            assert Vault().key(subject, create=False)
            run(subject, "--release", case)
        assert "destroyed at" in run(subject, "--yes")

    def test_of_one_does_not_stop_the_others(self) -> None:
        held, free = a_subject(), a_subject()
        Vault().prepare([held, free])
        destruction.hold(Vault(), held, "CASE-1")
        out = StringIO()
        with pytest.raises(CommandError, match="1 of 2 refused"):
            call_command("destroy_keys", held, free, "--yes", stdout=out, stderr=out)
        assert f"{held}: under_legal_hold" in out.getvalue()
        with pytest.raises(KeyDestroyed):
            Vault().key(free)

    def test_outlives_rotation(self, records: KeyRecords) -> None:
        subject = a_subject()
        Vault().prepare([subject])
        destruction.hold(Vault(), subject, "CASE-1")
        rotation.rotate_subject(Vault(), subject)
        rotation.new_branch_versions(records)
        list(rotation.wrap_subjects_again(vault().keyring))
        with pytest.raises(destruction.UnderLegalHold):
            destruction.destroy(Vault(), subject, now=utc_now())

    def test_comes_too_late_for_a_destroyed_key(self) -> None:
        subject = a_subject()
        Vault().prepare([subject])
        destruction.destroy(Vault(), subject, now=utc_now())
        with pytest.raises(KeyDestroyed):
            destruction.hold(Vault(), subject, "CASE-1")
