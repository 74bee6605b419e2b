"""What the API takes, checked; and what it gives, for the OpenAPI schema alone."""

from typing import Any

from rest_framework import serializers

from alerts.domain.alerts import Channel, Feedback
from alerts.queries import LIMIT_DEFAULT, LIMIT_MAX, kinds
from identity.api.lists import LinksOut

CHANNELS = [Channel.INBOX.value, Channel.EMAIL.value]
FEEDBACK = [each.value for each in Feedback]


class AlertsQuery(serializers.Serializer[Any]):
    """The query parameters of the list of alerts."""

    kind = serializers.CharField(required=False, max_length=40, default=None)
    unread = serializers.BooleanField(
        required=False, default=False, help_text="Only those that are not read."
    )
    limit = serializers.IntegerField(
        min_value=1, max_value=LIMIT_MAX, required=False, default=LIMIT_DEFAULT
    )
    cursor = serializers.CharField(max_length=600, required=False, allow_blank=True, default="")

    def validate_kind(self, kind: str | None) -> str | None:
        if kind is not None and kind not in {rule.name for rule in kinds()}:
            raise serializers.ValidationError("There is no such kind of alert.")
        return kind


class AlertIn(serializers.Serializer[Any]):
    """What is not given stays as it is."""

    read = serializers.BooleanField(required=False, help_text="False: as if it were new.")
    feedback = serializers.ChoiceField(
        choices=FEEDBACK, required=False, allow_null=True, help_text="Was it helpful?"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError("Give `read`, `feedback` or both.")
        return attrs


class AlertOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.CharField()
    account_id = serializers.CharField()
    transaction_ids = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField(help_text="One sentence.")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    feedback = serializers.ChoiceField(choices=FEEDBACK, allow_null=True)


class AlertListOut(serializers.Serializer[Any]):
    data = AlertOut(many=True)  # type: ignore[assignment]  # DRF has a `data` too
    links = LinksOut()
    unread = serializers.IntegerField(help_text="In the whole inbox; 100 means 100 or more.")


class KindIn(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40)
    channels = serializers.ListField(
        child=serializers.ChoiceField(choices=CHANNELS), help_text="None switches the kind off."
    )
    settings = serializers.DictField(
        child=serializers.IntegerField(),
        required=False,
        default=dict,
        help_text="Your own thresholds; null or left out: the bank's.",
    )


class QuietIn(serializers.Serializer[Any]):
    begin = serializers.TimeField(help_text="By the clock of the bank.")
    end = serializers.TimeField()


class PreferencesIn(serializers.Serializer[Any]):
    """The whole of them: a kind that is left out gets its default."""

    kinds = KindIn(many=True)
    quiet_hours = QuietIn(allow_null=True, required=False, default=None)
    digest = serializers.BooleanField(
        required=False,
        default=False,
        help_text="True: e-mail comes together, the next morning. False: within minutes,"
        " or at the end of quiet hours.",
    )


class ParameterOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF has a `label` too
    unit = serializers.CharField()
    least = serializers.IntegerField()
    most = serializers.IntegerField()
    default = serializers.IntegerField()


class KindOut(KindIn):
    label = serializers.CharField()  # type: ignore[assignment]  # DRF has a `label` too
    about = serializers.CharField()
    parameters = ParameterOut(many=True)


class PreferencesOut(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    kinds = KindOut(many=True)
    quiet_hours = QuietIn(allow_null=True)
    digest = serializers.BooleanField()
