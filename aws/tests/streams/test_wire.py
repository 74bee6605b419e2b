"""What AWS answers and the engine never does: pages, throttling, expired iterators, closed shards.
A stub that answers by the book."""

import http.server
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from aws import sessions
from aws.errors import AwsError
from aws.resources import Table
from aws.streams.kinesis_stream import KinesisStream
from aws.streams.shards import After, From, Shard
from aws.streams.source import IteratorExpired, Trimmed
from aws.streams.table_stream import TableStream
from aws.tests.streams.declared import READINGS, WATCHED
from kernel.clock import utc_now
from kernel.errors import Unavailable

Answer = tuple[int, dict[str, Any]]


class Script:
    """What is answered to each operation, in turn; the last answer again and again."""

    def __init__(self) -> None:
        self.answers: defaultdict[str, list[Answer]] = defaultdict(list)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def says(self, operation: str, *bodies: dict[str, Any]) -> None:
        self.answers[operation] = [(200, body) for body in bodies]

    def refuses(self, operation: str, code: str, status: int = 400) -> None:
        self.answers[operation] = [(status, {"__type": f"com.amazonaws#{code}"})]

    def answer(self, operation: str, asked: dict[str, Any]) -> Answer:
        self.asked.append((operation, asked))
        answers = self.answers[operation]
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    script = Script()

    class Stub(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].partition(".")[2]
            status, body = script.answer(operation, asked)
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    sessions.reset_clients()
    script.says("DescribeTable", {"Table": {"LatestStreamArn": "arn:stream"}})
    yield script
    server.shutdown()
    server.server_close()
    monkeypatch.undo()
    sessions.reset_clients()


SHARD = Shard(id="s1", first_sequence="100")


def _described(*shards: dict[str, Any], last: str | None = None) -> dict[str, Any]:
    more = {"LastEvaluatedShardId": last} if last else {}
    return {"StreamDescription": {"Shards": list(shards), **more}}


class TestTableStream:
    @pytest.fixture
    def stream(self) -> TableStream:
        table: Table = WATCHED
        return TableStream(table)

    def test_lists_all_pages_of_shards(self, aws: Script, stream: TableStream) -> None:
        aws.says(
            "DescribeStream",
            _described(
                {"ShardId": "a", "SequenceNumberRange": {"StartingSequenceNumber": "1"}}, last="a"
            ),
            _described(
                {
                    "ShardId": "b",
                    "ParentShardId": "a",
                    "SequenceNumberRange": {"StartingSequenceNumber": "2"},
                }
            ),
        )
        listing = stream.list()
        assert listing.stream == "arn:stream"
        assert listing.shards == {
            "a": Shard(id="a", first_sequence="1"),
            "b": Shard(id="b", parents=("a",), first_sequence="2"),
        }
        assert aws.asked[-1][1]["ExclusiveStartShardId"] == "a"

    @pytest.mark.parametrize(
        ("where", "sent"),
        [
            (
                After("105"),
                {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": "105"},
            ),
            (From.START, {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": "100"}),
            (From.HORIZON, {"ShardIteratorType": "TRIM_HORIZON"}),
        ],
    )
    def test_asks_for_the_iterator_that_would_show_a_loss(
        self, aws: Script, stream: TableStream, where: From | After, sent: dict[str, str]
    ) -> None:
        aws.says("GetShardIterator", {"ShardIterator": "i1"})
        assert stream.open(SHARD, where, utc_now()) == "i1"
        asked = aws.asked[-1][1]
        assert {name: asked[name] for name in asked if name not in ("StreamArn", "ShardId")} == sent

    def test_knows_a_closed_shard_by_its_last_page(self, aws: Script, stream: TableStream) -> None:
        aws.says("GetRecords", {"Records": []})
        assert stream.read(SHARD, "i1").iterator is None

    @pytest.mark.parametrize(
        ("code", "status", "kind"),
        [
            ("TrimmedDataAccessException", 400, Trimmed),
            ("ResourceNotFoundException", 400, Trimmed),
            ("ExpiredIteratorException", 400, IteratorExpired),
            ("ThrottlingException", 400, Unavailable),
            ("LimitExceededException", 400, Unavailable),
            ("InternalServerError", 500, Unavailable),
            ("AccessDeniedException", 400, AwsError),
        ],
    )
    def test_says_what_a_refusal_means_at_the_first_attempt(
        self, aws: Script, stream: TableStream, code: str, status: int, kind: type[Exception]
    ) -> None:
        """A call that tried again by itself would outlive a lease."""
        aws.refuses("GetRecords", code, status)
        with pytest.raises(kind):
            stream.read(SHARD, "i1")
        assert len(aws.asked) == 1


class TestKinesisStream:
    @pytest.fixture
    def stream(self) -> KinesisStream:
        return KinesisStream(READINGS)

    def test_lists_all_pages_of_shards_with_both_parents(
        self, aws: Script, stream: KinesisStream
    ) -> None:
        aws.says(
            "DescribeStreamSummary",
            {"StreamDescriptionSummary": {"StreamARN": "arn", "StreamCreationTimestamp": 17}},
        )
        ranges = {"SequenceNumberRange": {"StartingSequenceNumber": "1"}}
        merged = {"ShardId": "c", "ParentShardId": "a", "AdjacentParentShardId": "b", **ranges}
        aws.says(
            "ListShards",
            {"Shards": [{"ShardId": "a", **ranges}, {"ShardId": "b", **ranges}], "NextToken": "t"},
            {"Shards": [merged]},
        )
        listing = stream.list()
        assert listing.stream == "arn of 17"
        assert {each.id: each.parents for each in listing.shards.values()} == {
            "a": (),
            "b": (),
            "c": ("a", "b"),
        }
        assert aws.asked[-1][1] == {"NextToken": "t"}

    @pytest.mark.parametrize(("behind_ms", "at_tip"), [(0, True), (250, False)])
    def test_is_at_the_tip_when_kinesis_says_so(
        self, aws: Script, stream: KinesisStream, behind_ms: int, at_tip: bool
    ) -> None:
        aws.says(
            "GetRecords",
            {"Records": [], "NextShardIterator": "i2", "MillisBehindLatest": behind_ms},
        )
        assert stream.read(SHARD, "i1").at_tip is at_tip

    def test_is_throttled_by_its_own_name_of_it(self, aws: Script, stream: KinesisStream) -> None:
        aws.refuses("GetRecords", "ProvisionedThroughputExceededException")
        with pytest.raises(Unavailable):
            stream.read(SHARD, "i1")
