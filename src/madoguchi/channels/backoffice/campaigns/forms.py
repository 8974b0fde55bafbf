"""Forms of campaigns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.channels.shared.fields import WarekiField
from madoguchi.outreach.campaigns import LONGEST_BASIS, LONGEST_TITLE, OFFERABLE
from madoguchi.outreach.states import CHANNEL_LABELS, OfferChannel
from madoguchi.procedures.decisions import Status


class CampaignForm(forms.Form):
    """Which procedures, for which outcomes, as of which day, by which ways."""

    title = forms.CharField(label=_("案内の名前"), max_length=LONGEST_TITLE)
    procedures = forms.MultipleChoiceField(label=_("手続き"), widget=forms.CheckboxSelectMultiple)
    outcomes = forms.MultipleChoiceField(
        label=_("どの判定の方に案内するか"), widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, one.label) for one in OFFERABLE], initial=[Status.MUST.value, Status.OPTIONAL.value],
    )  # fmt: skip
    channels = forms.MultipleChoiceField(
        label=_("知らせ方"), widget=forms.CheckboxSelectMultiple, required=False,
        choices=[(one.value, CHANNEL_LABELS[one]) for one in OfferChannel],
        initial=[one.value for one in OfferChannel],
    )  # fmt: skip
    on = WarekiField(label=_("判定する日"), help_text=_("R8.11.9 のように"))
    legal_basis = forms.CharField(
        label=_("同意のない方の税の情報を使う根拠"), required=False, max_length=LONGEST_BASIS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("法令や条例の条まで。書かないときは、同意した方の税の情報だけを使います。根拠になるかは、承認する職員が確かめます。"),
    )  # fmt: skip

    def __init__(self, *args: Any, procedures: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["procedures"].choices = procedures  # type: ignore[attr-defined]  # of a choice field

    def given(self) -> dict[str, Any]:
        """What `outreach.campaigns.draft` takes."""
        said = self.cleaned_data
        return {
            **said,
            "outcomes": [Status(one) for one in said["outcomes"]],
            "channels": [OfferChannel(one) for one in said["channels"]],
        }
