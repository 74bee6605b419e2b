"""The filters over a list of transactions, as a customer types them."""

from typing import Any

from django import forms
from django.forms import BoundField

from kernel.errors import HubError
from kernel.money import AmountFormat, minor_digits
from txhub.domain.entries import Status
from txhub.domain.filters import TransactionFilter

_TYPED = AmountFormat(grouping=",")
_TEXT_CHARACTERS_MAX = 80


class FilterForm(forms.Form):
    """A GET form. Amounts are in the account's currency, written as people do: `12.50`, `1,200`.

    `from` and `to` cannot be named as class attributes, so they are added when it is made.
    """

    q = forms.CharField(
        label="Search",
        required=False,
        max_length=_TEXT_CHARACTERS_MAX,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Merchant or description"}),
    )
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Any"), ("pending", "Pending"), ("posted", "Posted")],
    )
    category = forms.CharField(
        label="Category",
        required=False,
        max_length=_TEXT_CHARACTERS_MAX,
        widget=forms.TextInput(attrs={"list": "categories"}),
    )
    min_amount = forms.CharField(
        label="At least", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    max_amount = forms.CharField(
        label="At most", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )

    def __init__(self, data: Any, *, currency: str) -> None:
        super().__init__(data)
        self.currency = currency
        for name, label in (("from", "From"), ("to", "To")):
            self.fields[name] = forms.DateField(
                label=label,
                required=False,
                input_formats=["%Y-%m-%d"],
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
                error_messages={"invalid": "Write the date as 2026-11-23."},
            )
        for field in self.fields.values():
            # A browser that goes back would fill in what the address no longer says.
            field.widget.attrs["autocomplete"] = "off"

    @property
    def behind(self) -> list[BoundField]:
        """The filters that stand behind "More filters", in reading order."""
        names = ("from", "to", "min_amount", "max_amount", "category", "status")
        return [self[name] for name in names]

    def clean_min_amount(self) -> int | None:
        return self._minor("min_amount")

    def clean_max_amount(self) -> int | None:
        return self._minor("max_amount")

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        self._refuse_backwards("from", "to", "This is before the first day.")
        self._refuse_backwards("min_amount", "max_amount", "This is less than the least amount.")
        return cleaned

    def as_filter(self) -> TransactionFilter:
        """What it asks for. Only of a valid form."""
        chosen = self.cleaned_data
        return TransactionFilter(
            from_day=chosen["from"],
            to_day=chosen["to"],
            status=Status(chosen["status"]) if chosen["status"] else None,
            min_amount=chosen["min_amount"],
            max_amount=chosen["max_amount"],
            q=chosen["q"],
            category=chosen["category"],
        )

    def _minor(self, field: str) -> int | None:
        typed = self.cleaned_data[field]
        if not typed:
            return None
        try:
            return abs(_TYPED.parse_minor(typed, self.currency))
        except HubError as error:
            example = "1,250" if minor_digits(self.currency) == 0 else "1,250.50"
            message = f"Write an amount in {self.currency}, such as {example}."
            raise forms.ValidationError(message) from error

    def _refuse_backwards(self, low: str, high: str, message: str) -> None:
        first, last = self.cleaned_data.get(low), self.cleaned_data.get(high)
        if first is not None and last is not None and first > last:
            self.add_error(high, message)
