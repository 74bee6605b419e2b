import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from aws.errors import AwsError, translate, translated
from aws.sessions import client
from aws.tests.conftest import BadAws
from kernel.errors import Conflict, HubError, Missing, Refused, Unavailable


def _said(code: str, status: int) -> ClientError:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutObject")


class TestTranslate:
    @pytest.mark.parametrize(
        ("code", "status", "kind"),
        [
            ("ProvisionedThroughputExceededException", 400, Unavailable),
            ("ThrottlingException", 400, Unavailable),
            ("SlowDown", 503, Unavailable),
            ("InternalError", 500, Unavailable),
            ("AnythingAtAll", 502, Unavailable),
            ("TooManyRequests", 429, Unavailable),
            ("NoSuchKey", 404, Missing),
            ("404", 404, Missing),
            ("ResourceNotFoundException", 400, Missing),
            ("AWS.SimpleQueueService.NonExistentQueue", 400, Missing),
            ("ConditionalCheckFailedException", 400, Conflict),
            ("PreconditionFailed", 412, Conflict),
            ("ConditionalRequestConflict", 409, Conflict),
            ("AccessDenied", 403, AwsError),
            ("ValidationException", 400, AwsError),
        ],
    )
    def test_gives_each_answer_its_kind(self, code: str, status: int, kind: type) -> None:
        assert type(translate(_said(code, status))) is kind

    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            (EndpointConnectionError(endpoint_url="http://nobody"), Unavailable),
            (ReadTimeoutError(endpoint_url="http://nobody"), Unavailable),
            (ResponseStreamingError(error="cut off"), Unavailable),
            (ParamValidationError(report="ours"), AwsError),
        ],
    )
    def test_tells_a_silent_service_from_a_mistake_of_ours(
        self, error: BotoCoreError, kind: type
    ) -> None:
        assert type(translate(error)) is kind

    def test_leaves_a_fault_of_ours_to_no_caller(self) -> None:
        assert not issubclass(AwsError, Missing | Refused | Conflict | Unavailable)

    def test_quotes_nothing_that_aws_said_about_the_data(self) -> None:
        answer = {"Error": {"Code": "ValidationException", "Message": "merchant TESCO"}}
        assert "TESCO" not in translate(ClientError(answer, "PutItem")).message


class TestTranslated:
    def test_maps_what_the_engine_says(self) -> None:
        with pytest.raises(Missing), translated():
            client("dynamodb").describe_table(TableName="there-is-no-such-table")

    @pytest.mark.parametrize("answer", [(503, b""), None])
    def test_maps_a_service_that_is_down(
        self, bad_aws: BadAws, answer: tuple[int, bytes] | None
    ) -> None:
        bad_aws(answer)
        with pytest.raises(Unavailable), translated():
            client("s3").list_buckets()

    def test_keeps_the_original_as_the_cause(self) -> None:
        original = _said("SlowDown", 503)
        with pytest.raises(HubError) as caught, translated():
            raise original
        assert caught.value.__cause__ is original
