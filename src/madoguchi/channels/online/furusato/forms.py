"""The form by which a donor tells another name or address."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.channels.shared.fields import WarekiField
from madoguchi.furusato.values import NewParticulars


class ChangeForm(forms.Form):
    """Name and address as they are now, and since when."""

    name = forms.CharField(label=_("氏名"), max_length=300)
    kana = forms.CharField(label=_("フリガナ"), max_length=300, required=False)
    postal_code = forms.CharField(label=_("郵便番号"), max_length=8, required=False)
    address = forms.CharField(label=_("住所"), max_length=500)
    changed_on = WarekiField(label=_("変わった日"), help_text=_("R8.11.5 や 2026-11-05 のように入れます。"))

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]  # as Django hands them on
        for field, purpose in (("name", "name"), ("postal_code", "postal-code")):
            self.fields[field].widget.attrs["autocomplete"] = purpose

    def given(self) -> NewParticulars:
        """What the room takes."""
        said = self.cleaned_data
        return NewParticulars(
            said["name"], said["kana"], said["postal_code"], said["address"], said["changed_on"]
        )
