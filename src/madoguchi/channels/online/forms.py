"""Forms of the residents' own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.channels.shared.fields import WarekiField
from madoguchi.channels.shared.languages import JAPANESE, current
from madoguchi.residents.mandates import KIND_NAMES, MandateKind

_ONLINE = [(one.value, _(KIND_NAMES[one])) for one in (MandateKind.FAMILY, MandateKind.ENTRUSTED)]


class HomeDateField(WarekiField):
    """A date as people write it at home; what cannot be read is said in their language."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError:
            if not value or current() == JAPANESE:
                raise
            raise forms.ValidationError(
                _("日付を読めません。R9.3.31 か 2027-03-31 のように入れてください。")
            ) from None


class MandateForm(forms.Form):
    """Asking somebody to act for oneself."""

    code = forms.CharField(
        label=_("代理の方のコード"),
        max_length=20,
        help_text=_("代理の方が、ご自分のページで作ります。英字と数字で10字です。"),
    )
    kind = forms.ChoiceField(label=_("代理の方は"), choices=_ONLINE, widget=forms.RadioSelect)
    ends_on = HomeDateField(
        label=_("いつまで"),
        help_text=_(
            "きょうから1年以内。R9.3.31 か 2027-03-31 のように入れてください。いつでも終えられます。"
        ),
    )

    def given(self) -> dict[str, Any]:
        """What `residents.mandates.ask` takes. Every procedure: single ones are chosen once there are some to choose."""
        return {
            "code": self.cleaned_data["code"],
            "kind": MandateKind(self.cleaned_data["kind"]),
            "ends_on": self.cleaned_data["ends_on"],
            "procedures": (),
        }
