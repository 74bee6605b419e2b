import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from aws.tests.vault.conftest import PLACE, a_subject, counted_calls
from aws.tests.vault.test_cache import Watch
from aws.vault import KeyDestroyed, KeyMissing, Place, Tampered, Vault, destruction, kms
from aws.vault.branches import branch_for
from aws.vault.records import KeyRecords, SubjectRecord
from kernel.clock import utc_now


def stored(records: KeyRecords, subject: str) -> SubjectRecord:
    return records.read([subject]).subjects[subject]


def at_once(count: int, work: Callable[[], object]) -> list[object]:
    """What `count` threads got that began in the same moment."""
    barrier = threading.Barrier(count)

    def run(_number: int) -> object:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def behind_the_scenes() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "vault-renewals"]


class TestVault:
    def test_opens_after_a_restart_what_it_sealed_before(self) -> None:
        subject = a_subject()
        sealed = Vault().seal(subject, b"plain", PLACE)
        assert Vault().open(subject, sealed, PLACE) == b"plain"

    def test_seals_alike_in_every_process(self) -> None:
        subject = a_subject()
        assert Vault().seal(subject, b"x", PLACE) == Vault().seal(subject, b"x", PLACE)

    def test_seals_differently_for_every_subject(self, fresh: Vault) -> None:
        sealed = fresh.seal(a_subject(), b"x", PLACE)
        other = a_subject()
        assert fresh.seal(other, b"x", PLACE) != sealed
        with pytest.raises(Tampered):
            fresh.open(other, sealed, PLACE)

    @pytest.mark.parametrize(
        "moved_to",
        [
            replace(PLACE, table="accounts"),
            replace(PLACE, key="acc_2#2018-04|txn_1"),
            replace(PLACE, attribute="note"),
        ],
    )
    def test_opens_no_field_that_was_moved(self, fresh: Vault, moved_to: Place) -> None:
        subject = a_subject()
        sealed = fresh.seal(subject, b"plain", PLACE)
        with pytest.raises(Tampered):
            fresh.open(subject, sealed, moved_to)

    def test_makes_no_key_for_opening(self, fresh: Vault, records: KeyRecords) -> None:
        subject = a_subject()
        sealed = fresh.seal(a_subject(), b"x", PLACE)
        with pytest.raises(KeyMissing):
            fresh.open(subject, sealed, PLACE)
        assert records.read([subject]).subjects == {}

    @pytest.mark.parametrize("name", ["", "x" * 256])
    def test_makes_no_key_for_a_name_that_a_file_cannot_carry(
        self, fresh: Vault, name: str
    ) -> None:
        with pytest.raises(ValueError, match="1 to 255 bytes"):
            fresh.seal(name, b"x", PLACE)

    def test_lends_a_key_for_a_loop(self, fresh: Vault) -> None:
        subject = a_subject()
        key = fresh.key(subject)
        assert fresh.open(subject, key.seal(b"x", PLACE), PLACE) == b"x"
        with pytest.raises(KeyMissing):
            fresh.key(a_subject(), create=False)


class TestIdKey:
    def test_is_the_same_in_every_process_and_differs_by_purpose(self) -> None:
        one, two = Vault(), Vault()
        assert one.id_key("transactions") == two.id_key("transactions")
        assert one.id_key("transactions") != one.id_key("accounts")
        assert len(one.id_key("transactions")) == 32


class TestStreams:
    def test_open_after_a_restart(self) -> None:
        subject = a_subject("feed")
        sealed = list(Vault().seal_stream(subject, "landing/a", [b"x" * 300_000, b"y"]))
        assert b"".join(Vault().open_stream("landing/a", sealed)) == b"x" * 300_000 + b"y"

    def test_are_refused_for_another_purpose(self, fresh: Vault) -> None:
        sealed = list(fresh.seal_stream(a_subject("feed"), "landing/a", [b"x"]))
        with pytest.raises(Tampered):
            list(fresh.open_stream("landing/b", sealed))

    def test_are_refused_under_another_subject(self, fresh: Vault) -> None:
        one, two = a_subject("feed"), a_subject("feed")
        fresh.prepare([two])
        sealed = b"".join(fresh.seal_stream(one, "landing", [b"x"]))
        renamed = sealed.replace(one.encode(), two.encode())
        with pytest.raises(Tampered):
            list(fresh.open_stream("landing", [renamed]))

    def test_of_nobody_are_refused(self, fresh: Vault) -> None:
        one, nobody = a_subject("feed"), a_subject("feed")
        sealed = b"".join(fresh.seal_stream(one, "landing", [b"x"]))
        with pytest.raises(Tampered):
            fresh.open_stream("landing", [sealed.replace(one.encode(), nobody.encode())])

    def test_refuse_a_destroyed_key_before_the_first_piece(self, fresh: Vault) -> None:
        subject = a_subject("feed")
        sealed = list(fresh.seal_stream(subject, "landing", [b"x"]))
        destruction.destroy(fresh, subject, now=utc_now())
        with pytest.raises(KeyDestroyed):
            fresh.open_stream("landing", sealed)
        with pytest.raises(KeyDestroyed):
            fresh.seal_stream(subject, "landing", [b"x"])


class TestTampering:
    """One test for each layer: field (above), wrapped subject key, wrapped branch key, KMS key."""

    def test_with_a_wrapped_subject_key_is_noticed(self, records: KeyRecords) -> None:
        subject = a_subject()
        sealed = Vault().seal(subject, b"x", PLACE)
        record = stored(records, subject)
        altered = bytes([record.wrapped[0][0] ^ 1]) + record.wrapped[0][1:]
        records.replace_subject(replace(record, wrapped=(altered,)), instead_of=record)
        with pytest.raises(Tampered):
            Vault().open(subject, sealed, PLACE)
        with pytest.raises(Tampered):
            Vault().seal(subject, b"x", PLACE)

    def test_with_one_key_does_not_stop_the_others(self, records: KeyRecords) -> None:
        bad, good = a_subject(), a_subject()
        Vault().prepare([bad, good])
        record = stored(records, bad)
        records.replace_subject(replace(record, wrapped=(bytes(48),)), instead_of=record)
        vault = Vault()
        vault.prepare([bad, good])
        assert vault.seal(good, b"x", PLACE)
        with pytest.raises(Tampered):
            vault.seal(bad, b"x", PLACE)

    def test_by_giving_one_subject_the_key_of_another_is_noticed(self, records: KeyRecords) -> None:
        one = a_subject()
        two = next(each for each in iter(a_subject, "") if branch_for(each) == branch_for(one))
        Vault().prepare([one, two])
        records.replace_subject(
            replace(stored(records, one), wrapped=stored(records, two).wrapped),
            instead_of=stored(records, one),
        )
        with pytest.raises(Tampered):
            Vault().key(one)

    @pytest.mark.parametrize(("branch", "version"), [("07", 1), ("00", 99), ("none", 1)])
    def test_with_the_name_of_the_branch_is_noticed(
        self, records: KeyRecords, branch: str, version: int
    ) -> None:
        subject = next(each for each in iter(a_subject, "") if branch_for(each) == "00")
        Vault().prepare([subject])
        record = stored(records, subject)
        elsewhere = replace(record, branch=branch, branch_version=version)
        records.replace_subject(elsewhere, instead_of=record)
        with pytest.raises(Tampered):
            Vault().key(subject)

    @pytest.mark.parametrize("what", ["ciphertext", "check value", "KMS key"])
    def test_with_a_wrapped_branch_key_is_noticed(self, records: KeyRecords, what: str) -> None:
        subject = a_subject()
        Vault().prepare([subject])
        branch = branch_for(subject)
        record = records.read((), [branch]).branches[branch]
        *others, newest = record.wrapped
        match what:
            case "ciphertext":  # the engine opens it to another key and says nothing
                altered = newest.ciphertext[:-1] + bytes([newest.ciphertext[-1] ^ 1])
                newest = replace(newest, ciphertext=altered)
            case "check value":
                newest = replace(newest, check_value=bytes(16))
            case "KMS key":
                newest = replace(newest, kms_key=kms._create_key())
        records.replace_branch(replace(record, wrapped=(*others, newest)), instead_of=record)
        try:
            with pytest.raises(Tampered):
                Vault().key(subject)
        finally:
            records.replace_branch(record, instead_of=record)
        assert Vault().key(subject)

    def test_by_swapping_two_branches_is_noticed(self, records: KeyRecords) -> None:
        subject = next(each for each in iter(a_subject, "") if branch_for(each) == "00")
        Vault().prepare([subject])
        branches = records.read((), ["00", "01"]).branches
        record = branches["00"]
        swapped = replace(record, wrapped=branches["01"].wrapped)
        records.replace_branch(swapped, instead_of=record)
        try:
            with pytest.raises(Tampered):
                Vault().key(subject)
        finally:
            records.replace_branch(record, instead_of=record)


class TestCalls:
    def test_are_one_read_and_one_of_kms_for_any_number_that_miss_at_once(self) -> None:
        subject = a_subject()
        Vault().prepare([subject])
        vault = Vault()
        with counted_calls() as calls:
            keys = at_once(16, lambda: vault.key(subject))
        assert sorted(calls) == ["BatchGetItem", "Decrypt"]
        assert len(set(map(id, keys))) == 1

    def test_are_one_read_one_write_and_one_of_kms_to_make_a_key(self) -> None:
        subject, vault = a_subject(), Vault()
        with counted_calls() as calls:
            sealed = set(at_once(16, lambda: vault.seal(subject, b"x", PLACE)))
        assert sorted(calls) == ["BatchGetItem", "Decrypt", "PutItem"]
        assert len(sealed) == 1

    def test_are_none_for_a_key_at_hand(self, fresh: Vault) -> None:
        subject = a_subject()
        sealed = fresh.seal(subject, b"x", PLACE)
        with counted_calls() as calls:
            fresh.open(subject, sealed, PLACE)
            fresh.prepare([subject])
        assert calls == []

    def test_are_none_for_one_who_looked_just_before_another_fetched(self, fresh: Vault) -> None:
        """Its look at the cache found nothing, then the other's flight landed."""
        subject = a_subject()
        key = fresh.key(subject)
        with counted_calls() as calls:
            assert fresh.keyring._load([subject], create=False) == {subject: key}
        assert calls == []

    def test_are_few_for_many_subjects(self) -> None:
        subjects = [a_subject() for _ in range(250)]
        vault = Vault()
        with counted_calls() as making:
            vault.prepare(subjects)
        assert making.count("TransactWriteItems") == 3
        assert making.count("BatchGetItem") == 3
        assert making.count("Decrypt") <= 8
        with counted_calls() as reading:
            Vault().prepare(subjects)
        assert reading.count("BatchGetItem") == 3
        assert "TransactWriteItems" not in reading

    def test_of_kms_are_one_for_subjects_of_a_branch_that_miss_at_once(self) -> None:
        same = [each for each in (a_subject() for _ in range(200)) if branch_for(each) == "03"]
        Vault().prepare(same)
        vault, waiting = Vault(), iter(same)
        with counted_calls() as calls:
            at_once(min(len(same), 8), lambda: vault.key(next(waiting)))
        assert calls.count("Decrypt") == 1

    def test_are_made_again_after_the_lifetime(self) -> None:
        watch, subject = Watch(), a_subject()
        vault = Vault(lifetime_s=100, monotonic=watch)
        vault.key(subject)
        watch.now_s += 100
        with counted_calls() as calls:
            vault.key(subject)
        assert sorted(calls) == ["BatchGetItem", "Decrypt"]

    def test_are_made_behind_the_scenes_before_the_end_of_the_lifetime(self) -> None:
        watch, subject = Watch(), a_subject()
        vault = Vault(lifetime_s=100, monotonic=watch)
        vault.key(subject)
        watch.now_s += 90
        with counted_calls() as calls:
            vault.key(subject)  # served at once, from the cache
            while behind_the_scenes():
                behind_the_scenes()[0].join(10)
        watch.now_s += 20  # past the first lifetime, within the renewed one
        with counted_calls() as later:
            vault.key(subject)
        assert "BatchGetItem" in calls
        assert "Decrypt" in calls  # the branch key was due, too
        assert later == []


class TestManyProcesses:
    def test_agree_on_one_key_for_each_new_subject(self) -> None:
        subjects = [a_subject() for _ in range(120)]
        vaults = iter([Vault() for _ in range(4)])

        def prepared_and_sealed() -> list[bytes]:
            vault = next(vaults)
            vault.prepare(subjects)
            return [vault.seal(each, b"x", PLACE) for each in subjects]

        one, *others = at_once(4, prepared_and_sealed)
        assert others == [one, one, one]

    def test_keep_what_exists_when_some_of_many_are_new(self, fresh: Vault) -> None:
        old, new = [a_subject() for _ in range(5)], [a_subject() for _ in range(5)]
        sealed = [Vault().seal(each, b"x", PLACE) for each in old]
        fresh.prepare([*old, *new])
        assert [fresh.seal(each, b"x", PLACE) for each in old] == sealed

    def test_store_what_the_winner_made_when_a_transaction_is_lost(
        self, records: KeyRecords
    ) -> None:
        """Two transactions that overlap: the loser gets the winner's keys, and adds the rest."""
        subjects = [a_subject() for _ in range(4)]
        Vault().prepare(subjects[:2])
        winners = [stored(records, each) for each in subjects[:2]]
        mine = [replace(winners[0], subject=each, wrapped=(bytes(48),)) for each in subjects]
        kept = {each.subject: each for each in records.add_subjects(mine)}
        assert [kept[each] for each in subjects] == winners + mine[2:]
        assert [stored(records, each) for each in subjects] == winners + mine[2:]

    def test_store_what_the_winner_made_of_a_single_key(self, records: KeyRecords) -> None:
        subject = a_subject()
        Vault().prepare([subject])
        winner = stored(records, subject)
        assert records.add_subjects([replace(winner, wrapped=(bytes(48),))]) == [winner]
        assert stored(records, subject) == winner

    def test_go_on_after_a_fork_at_a_bad_moment(self, fresh: Vault) -> None:
        subject = a_subject()
        sealed = fresh.seal(subject, b"x", PLACE)
        with fresh.keyring._cache._lock:  # another thread is just in there
            child = os.fork()
            if child == 0:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.alarm(10)  # should it wait for the lock, which nobody in it will release
                opened = fresh.open(subject, sealed, PLACE) == b"x"
                os._exit(0 if opened else 1)
        _pid, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0


class TestPreparing:
    def test_keeps_no_more_than_its_bound(self) -> None:
        vault = Vault(keys_max=10)
        subjects = [a_subject() for _ in range(25)]
        vault.prepare(subjects)
        assert len(vault.keyring._cache) == 10
        assert all(vault.seal(each, b"x", PLACE) for each in subjects)

    def test_makes_nothing_when_told_not_to(self, fresh: Vault, records: KeyRecords) -> None:
        subject = a_subject()
        fresh.prepare([subject], create=False)
        assert records.read([subject]).subjects == {}

    def test_takes_no_single_name_for_many(self, fresh: Vault) -> None:
        with pytest.raises(TypeError):
            fresh.prepare(a_subject())

    def test_passes_over_destroyed_keys_and_doubles(self, fresh: Vault) -> None:
        gone, alive = a_subject(), a_subject()
        fresh.prepare([gone])
        destruction.destroy(fresh, gone, now=utc_now())
        fresh.prepare([gone, alive, alive])
        assert fresh.seal(alive, b"x", PLACE)
        with pytest.raises(KeyDestroyed):
            fresh.seal(gone, b"x", PLACE)
