"""Guards of steps: leases, checkpoints, and what a retaken step finds."""

from tests.mutations.guard import Guard

_LEASES, _TESTS = "txhub/batch/leases.py", "txhub/tests/batch"
_TEST_LEASES = f"{_TESTS}/test_leases.py"

GUARDS = (
    Guard(
        name="a step is claimed while it waits, or after its lease",
        prevents="two workers have one step",
        file=_LEASES,
        holds=".filter(_free(now), pk=step_id)",
        broken=".filter(pk=step_id)",
        test=f"{_TEST_LEASES}::TestClaim::test_is_given_to_one_worker_only",
    ),
    Guard(
        name="only an expired lease is free",
        prevents="a step is taken from a worker that lives",
        file=_LEASES,
        holds="return Q(status=StepStatus.RUNNING, lease_expires__lt=now)",
        broken="return Q(status=StepStatus.RUNNING)",
        test=f"{_TEST_LEASES}::TestClaim::test_is_given_to_one_worker_only",
    ),
    Guard(
        name="an expired lease is free",
        prevents="a dead worker's step is never done",
        file=_LEASES,
        holds="return Q(status=StepStatus.WAITING) | lapsed(now)",
        broken="return Q(status=StepStatus.WAITING)",
        test=f"{_TEST_LEASES}::TestClaim::test_is_given_to_another_after_the_lease",
    ),
    Guard(
        name="a step is claimed while its job works",
        prevents="a stopping job goes on",
        file=_LEASES,
        holds="""        .filter(execution__status__in=WORKING)
        .update(""",
        broken="        .update(",
        test=f"{_TEST_LEASES}::TestClaim::test_is_not_given_while_the_job_stops",
    ),
    Guard(
        name="every write of a holder names its token",
        prevents="a late loser overwrites the winner's step",
        file=_LEASES,
        holds=".filter(pk=self.step.pk, lease_token=self.token)",
        broken=".filter(pk=self.step.pk)",
        test=f"{_TEST_LEASES}::TestLateLoser",
    ),
    Guard(
        name="a renewal that changes no row is a lost lease",
        prevents="a late loser goes on writing",
        file=_LEASES,
        holds="""        if not self._mine().update(lease_expires=expires, **progress):
            raise LeaseLost""",
        broken="        self._mine().update(lease_expires=expires, **progress)",
        test=f"{_TEST_LEASES}::TestLateLoser::test_is_told_so",
    ),
    Guard(
        name="a lease outlives the write that begins under it",
        prevents="a batch is written after another worker took over",
        file=_LEASES,
        holds="if self._clock() + conf.LEASE_MARGIN >= self.expires:",
        broken="if self._clock() >= self.expires:",
        test=f"{_TEST_LEASES}::TestBeforeWrite::test_refuses_within_the_margin_once_another_has_it",
    ),
    Guard(
        name="a checkpoint that changes no row is a lost lease",
        prevents="a late loser's chunks, counts and quarantine are stored",
        file=_LEASES,
        holds="""        if not ended:
            raise LeaseLost""",
        broken="        del ended",
        test=f"{_TEST_LEASES}::TestLateLoser::test_is_told_so",
    ),
    Guard(
        name="quarantine is written by the holder",
        prevents="a late loser's rows stand in quarantine",
        file=_LEASES,
        holds="""        if not self._mine().update(lease_expires=F("lease_expires")):
            raise LeaseLost""",
        broken='        self._mine().update(lease_expires=F("lease_expires"))',
        test=f"{_TEST_LEASES}::TestLateLoser::test_is_told_so",
    ),
    Guard(
        name="a renewal asks whether the job still works",
        prevents="a stop is not heard before the step ends",
        file=_LEASES,
        holds="""        if not self._mine().filter(execution__status__in=WORKING).exists():
            raise StopRequested""",
        broken="",
        test=f"{_TEST_LEASES}::TestStop::test_ends_a_chunk_at_its_next_group",
    ),
    Guard(
        name="a step has a limited number of attempts",
        prevents="a row that kills workers kills them for ever",
        file="txhub/batch/steps.py",
        holds="if lease.step.attempts > conf.ATTEMPTS_MAX:",
        broken="if False:",
        test=f"{_TESTS}/test_jobs.py::TestStepThatNeverEnds",
    ),
    Guard(
        name="a lost lease is no fault of the step",
        prevents="the late loser fails the winner's job",
        file="txhub/batch/steps.py",
        holds="""    except LeaseLost:
        _log.warning("step_lost", attempt=lease.step.attempts)
    except StopRequested:""",
        broken="    except StopRequested:",
        test=f"{_TEST_LEASES}::TestLateLoser::test_does_not_fail_the_step",
    ),
    Guard(
        name="what is unavailable gives the step back",
        prevents="a throttled table fails the job",
        file="txhub/batch/steps.py",
        holds="""    except (Unavailable, OperationalError, InterfaceError):
        lease.release()
        raise
""",
        broken="",
        test=f"{_TEST_LEASES}::TestUnavailable",
    ),
    Guard(
        name="a chunk asks for its lease before each group of writes",
        prevents="a late loser stores rows",
        file="txhub/batch/chunks.py",
        holds="store_entries(group, before_write=lease.before_write)",
        broken="store_entries(group)",
        test=f"{_TEST_LEASES}::TestBeforeWrite::test_asks_before_every_group_of_writes",
    ),
    Guard(
        name="a retaken chunk forgets what its first taker quarantined",
        prevents="a row is quarantined twice, and the chunk never ends",
        file="txhub/batch/chunks.py",
        holds="        QuarantinedRow.objects.filter(chunk=lease.step).delete()",
        broken="        pass",
        test=f"{_TEST_LEASES}::TestRetakenChunk"
        "::test_quarantines_again_what_its_first_taker_had_quarantined",
    ),
    Guard(
        name="a chunk has as many rows as the file step counted",
        prevents="rows are lost between file and chunk",
        file="txhub/batch/chunks.py",
        holds="if counts.read != chunk.rows or control != chunk.control:",
        broken="if control != chunk.control:",
        test=f"{_TEST_LEASES}::TestChunk::test_with_another_number_of_rows_fails",
    ),
    Guard(
        name="a chunk has the sums that the file step counted",
        prevents="amounts change between file and chunk",
        file="txhub/batch/chunks.py",
        holds="if counts.read != chunk.rows or control != chunk.control:",
        broken="if counts.read != chunk.rows:",
        test=f"{_TEST_LEASES}::TestChunk::test_with_other_sums_fails",
    ),
    Guard(
        name="chunk objects lie under the lease's token",
        prevents="a late loser of the file step overwrites the winner's chunks",
        file="txhub/batch/cutting.py",
        holds='key=f"{lease.step.instance_id}/{lease.token}/{number:06d}"',
        broken='key=f"{lease.step.instance_id}/{number:06d}"',
        test=f"{_TEST_LEASES}::TestTakenOverFile::test_has_the_chunks_of_the_winner_alone",
    ),
    Guard(
        name="chunks become known with the file's checkpoint",
        prevents="a file is COMPLETED and its rows are not stored",
        file="txhub/batch/partition.py",
        holds="        with transaction.atomic():\n            self._lease.finish(",
        broken="        if True:\n            self._lease.finish(",
        test=f"{_TEST_LEASES}::TestTakenOverFile"
        "::test_has_no_chunks_where_its_checkpoint_was_not_written",
    ),
    Guard(
        name="a file with too many bad rows fails before accounts are opened",
        prevents="a wrong file opens accounts",
        file="txhub/batch/partition.py",
        holds="""            rejects.check(self.profile.skip_limit, self._rows)
            named""",
        broken="            named",
        test=f"{_TESTS}/test_bad_input.py::TestWholeFile::test_more_bad_rows_than_the_limit",
    ),
    Guard(
        name="a file of unknown accounts fails",
        prevents="a file of another bank goes to quarantine row by row",
        file="txhub/batch/partition.py",
        holds="""            rejects.check(self.profile.skip_limit, self._rows)
            self._finish""",
        broken="            self._finish",
        test=f"{_TESTS}/test_bad_input.py::TestWholeFile::test_accounts_that_nobody_knows",
    ),
    Guard(
        name="the header says what the job was told",
        prevents="a memo file is stored as a daily one",
        file="txhub/batch/reading.py",
        holds="    if said != told:",
        broken="    if False:",
        test=f"{_TESTS}/test_bad_input.py::TestHubFile::test_of_another_kind_than_was_said",
    ),
    Guard(
        name="a day too far ahead is told by the day the file came in",
        prevents="a file reads differently a year later",
        file="txhub/batch/reading.py",
        holds="instance.landed_at.astimezone(bank_zone()).date()",
        broken="date.today()",
        test=f"{_TESTS}/test_quarantine.py::TestDayTooFarAhead",
    ),
)
