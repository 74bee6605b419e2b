"""What the page of preferences sends."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from alerts.domain.alerts import Channel
from alerts.domain.preferences import LEFT_LEAST, KindPreference, Preferences, QuietHours
from alerts.domain.rules import Parameter, Rule, Unit
from alerts.queries import kinds

_CHANNELS = ((Channel.INBOX, "Inbox"), (Channel.EMAIL, "E-mail"))
# Amounts are asked for as people write them. A yen has no pence: there the unit is a hundred yen.
_MINOR = 100
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


@dataclass(frozen=True, slots=True)
class KindFields:
    """A kind of alert with its fields, as the page lists them."""

    rule: Rule
    channels: list[Any]
    thresholds: list[Any]


class PreferencesForm(forms.Form):
    """`version`: of the preferences that the page showed."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    digest = forms.BooleanField(required=False, label="All together, the next morning")
    quiet_begin = forms.TimeField(required=False, label="From", widget=_TIME)
    quiet_end = forms.TimeField(required=False, label="Until", widget=_TIME)

    def __init__(self, sent: Any = None, *, chosen: Preferences) -> None:
        quiet = chosen.quiet
        initial = {
            "version": chosen.version,
            "digest": chosen.digest,
            "quiet_begin": quiet.begin if quiet else None,
            "quiet_end": quiet.end if quiet else None,
        }
        super().__init__(sent, initial=initial)
        self._chosen = chosen
        for rule in kinds():
            self._add(rule, chosen.of(rule.name))

    def by_kind(self) -> Iterator[KindFields]:
        for rule in kinds():
            yield KindFields(
                rule,
                [self[f"{rule.name}-{channel}"] for channel, _label in _CHANNELS],
                [self[f"{rule.name}-{each.name}"] for each in rule.parameters if each.customers],
            )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        begin, end = values.get("quiet_begin"), values.get("quiet_end")
        if begin is None or end is None:
            if begin != end:
                self.add_error("quiet_end", "Quiet hours need both times, or neither.")
        elif begin == end:
            self.add_error("quiet_end", "Quiet hours begin and end at different times.")
        elif QuietHours(begin=begin, end=end).leave < LEFT_LEAST:
            self.add_error("quiet_end", "Quiet hours leave at least an hour of the day.")
        return values

    def preferences(self) -> Preferences:
        """What was chosen; of a valid form."""
        values = self.cleaned_data
        begin, end = values["quiet_begin"], values["quiet_end"]
        return Preferences(
            customer_id=self._chosen.customer_id,
            kinds={rule.name: _wish(rule, values) for rule in kinds()},
            quiet=QuietHours(begin=begin, end=end) if begin is not None else None,
            digest=values["digest"],
        )

    def _add(self, rule: Rule, wish: KindPreference) -> None:
        for channel, label in _CHANNELS:
            self.fields[f"{rule.name}-{channel}"] = forms.BooleanField(
                required=False, label=label, initial=channel in wish.channels
            )
        for each in rule.parameters:
            if each.customers:
                value = wish.settings.get(each.name)
                self.fields[f"{rule.name}-{each.name}"] = _threshold(each, value)


def _threshold(parameter: Parameter, value: int | None) -> forms.Field:
    scale = _MINOR if parameter.unit is Unit.MINOR else 1
    unit = "" if parameter.unit in {Unit.MINOR, Unit.TIMES} else f" ({parameter.unit})"
    usual = Decimal(parameter.default) / scale
    return forms.DecimalField(
        required=False,
        label=f"{parameter.label}{unit}",
        initial=None if value is None else Decimal(value) / scale,
        min_value=Decimal(parameter.least) / scale,
        max_value=Decimal(parameter.most) / scale,
        decimal_places=2 if scale > 1 else 0,
        widget=forms.NumberInput(attrs={"placeholder": f"{usual:,f}", "inputmode": "decimal"}),
    )


def _wish(rule: Rule, values: dict[str, Any]) -> KindPreference:
    channels = (channel for channel, _label in _CHANNELS if values[f"{rule.name}-{channel}"])
    settings = {}
    for each in rule.parameters:
        value = values[f"{rule.name}-{each.name}"] if each.customers else None
        if value is not None:
            settings[each.name] = int(value * (_MINOR if each.unit is Unit.MINOR else 1))
    return KindPreference(channels=frozenset(channels), settings=settings)
