"""What the shop's pages send."""

from typing import Any

from django import forms

from cart.domain.purchases import QUANTITY_MAX
from cart.provider import provider


class QuantityForm(forms.Form):
    """How many; `seen` is how many the page showed, which only a change says."""

    quantity = forms.IntegerField(min_value=0, max_value=QUANTITY_MAX)
    seen = forms.IntegerField(min_value=0, max_value=QUANTITY_MAX, required=False)


class CheckoutForm(forms.Form):
    """`version`: of the cart that the page showed. `key`: the same however often it is sent."""

    version = forms.IntegerField(min_value=0)
    key = forms.CharField(max_length=64)
    method = forms.ChoiceField()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        methods = self.fields["method"]
        assert isinstance(methods, forms.ChoiceField)
        methods.choices = list(provider().methods.items())
