"""The door to SES: one message, accepted or not, and what SES says of it afterwards.

SES does not know a message again that it has been given twice, so nothing here is sent again by
itself: botocore's retries are off, and an answer that did not come is `SendingInDoubt`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
)

from aws import sessions
from aws.arns import account_id, partition, region, topic_arn
from aws.errors import error_code, http_status, translate, translated
from aws.resources import Declaration, Topic
from kernel.errors import HubError, Missing, Refused, Unavailable

EVENTS = ("SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "RENDERING_FAILURE")
_DESTINATION = "events"
_NEVER_LEFT = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)
_THROTTLED = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling"})
# Nothing is wrong with this message: SES sends none of ours at the moment.
_CLOSED = frozenset(
    {
        "AccountSuspendedException",
        "LimitExceededException",
        "MailFromDomainNotVerifiedException",
        "SendingPausedException",
    }
)


class SendingThrottled(Unavailable):
    """SES takes no more messages at this rate; it has not taken this one."""

    code = "sending_throttled"


class MessageRefused(Refused):
    """SES will not take this message."""

    code = "message_refused"


class SendingInDoubt(HubError):
    """The message was handed over and no answer came: it may be sent, or not.

    None of the four kinds: neither the same again nor anything else may be done about it before
    an event, or a person, has said which it is.
    """

    code = "sending_in_doubt"


@dataclass(frozen=True, kw_only=True)
class ConfigurationSet(Declaration):
    """What messages are sent under, so that SES tells a topic what becomes of each."""

    events: Topic


def send(
    raw: bytes,
    *,
    sender: str,
    to: str,
    configuration_set: ConfigurationSet,
    tags: Mapping[str, str],
) -> str:
    """Hands one MIME message over; SES's id of it. `tags` come back with every event of it.

    Raises `SendingThrottled`, `MessageRefused`, `SendingInDoubt`, and `Unavailable` where it is
    certain that SES has not taken it.
    """
    try:
        answer = _client().send_email(
            FromEmailAddress=sender,
            Destination={"ToAddresses": [to]},
            Content={"Raw": {"Data": raw}},
            ConfigurationSetName=configuration_set.physical_name,
            EmailTags=[{"Name": name, "Value": value} for name, value in tags.items()],
        )
    except _NEVER_LEFT as error:
        raise translate(error) from error
    except BotoCoreError as error:
        raise SendingInDoubt(type(error).__name__) from error
    except ClientError as error:
        raise _meaning(error) from error
    return str(answer["MessageId"])


def ensure(configuration_set: ConfigurationSet, *, domain: str) -> list[str]:
    """Creates the configuration set with its events, and the identity of the sending domain, which
    somebody must verify by DNS. Says what it created."""
    name = configuration_set.physical_name
    created = []
    if _made("configuration_set", ConfigurationSetName=name):
        created.append(f"configuration set {name}")
    if _made("email_identity", EmailIdentity=domain):
        created.append(f"e-mail identity {domain}")
    destination = event_destination(topic_arn(configuration_set.events))
    called = {"ConfigurationSetName": name, "EventDestinationName": _DESTINATION}
    ses = sessions.client("sesv2")
    with translated():
        known = ses.get_configuration_set_event_destinations(ConfigurationSetName=name)
        exists = any(each["Name"] == _DESTINATION for each in known.get("EventDestinations", ()))
        verb = "update" if exists else "create"
        act = getattr(ses, f"{verb}_configuration_set_event_destination")
        act(**called, EventDestination=destination)
    return created


def event_destination(topic: Any) -> dict[str, Any]:
    """Where events go, in words that CloudFormation shares but for their capitals."""
    return {
        "Enabled": True,
        "MatchingEventTypes": list(EVENTS),
        "SnsDestination": {"TopicArn": topic},
    }


def configuration_set_arn(configuration_set: ConfigurationSet) -> str:
    name = configuration_set.physical_name
    return f"arn:{partition()}:ses:{region()}:{account_id()}:configuration-set/{name}"


def topic_statement(topic: Any, configuration_sets: list[Any], account: Any) -> dict[str, Any]:
    """Lets SES publish the events of `configuration_sets`; `infra/` renders it with references."""
    return {
        "Sid": "MailEvents",
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account, "aws:SourceArn": configuration_sets}
        },
    }


def _made(what: str, **name: str) -> bool:
    """Whether it was missing and was created."""
    service = sessions.client("sesv2")
    try:
        with translated():
            getattr(service, f"get_{what}")(**name)
    except Missing:
        with translated():
            getattr(service, f"create_{what}")(**name)
        return True
    return False


def _meaning(error: ClientError) -> HubError:
    code, status = error_code(error), http_status(error)
    if code in _THROTTLED or status == 429:
        return SendingThrottled(f"SES: {code}", retry_after_s=1)
    if status >= 500:
        return SendingInDoubt(f"SES: {code}")
    if code in _CLOSED:
        return Unavailable(f"SES: {code}", retry_after_s=60)
    if code in {"MessageRejected", "BadRequestException"}:
        return MessageRefused(f"SES: {code}")
    return translate(error)


def _client() -> Any:
    """One that never sends again by itself."""
    once = {"mode": "standard", "total_max_attempts": 1}
    return sessions.shared("sesv2/once", lambda: sessions.build_client("sesv2", retries=once))
