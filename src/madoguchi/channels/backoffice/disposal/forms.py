"""The form by which a record is held."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.channels.shared.fields import WarekiField
from madoguchi.disposal.holds import MOST_OF_A_NOTE
from madoguchi.disposal.values import HoldReason, RecordClass

_LONGEST_NUMBER = 40


class HoldForm(forms.Form):
    """Which record stays, and why."""

    record_class = forms.ChoiceField(label=_("区分"), choices=[(one.value, one.label) for one in RecordClass])
    number = forms.CharField(
        label=_("番号"),
        max_length=_LONGEST_NUMBER,
        help_text=_("受付番号・申請の番号・予約番号・番号票の番号など"),
    )
    day = WarekiField(label=_("受付日"), required=False, help_text=_("窓口の受付と番号票のとき。例: R8.11.9"))
    reason = forms.ChoiceField(label=_("理由"), choices=[(one.value, one.label) for one in HoldReason])
    note = forms.CharField(
        label=_("文書番号"),
        max_length=MOST_OF_A_NOTE,
        required=False,
        help_text=_("氏名や事情は書かず、文書の番号だけを入れてください。"),
    )

    def said(self) -> dict[str, Any]:
        """What was entered, as `place_hold` takes it."""
        given = self.cleaned_data
        return {
            "record_class": RecordClass(given["record_class"]),
            "number": given["number"],
            "day": given["day"],
            "reason": HoldReason(given["reason"]),
            "note": given["note"],
        }
