"""Forms of the back office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from madoguchi.channels.shared.fields import WarekiField
from madoguchi.city.authority import ROLE_NAMES, Role
from madoguchi.city.queries import department_choices, desk_choices

NONE = [("", "—")]


def role_choices() -> list[tuple[str, str]]:
    """Every role, as a choice."""
    return [(role.value, _now(ROLE_NAMES[role])) for role in Role]


def _department_choices() -> list[tuple[str, str]]:
    return [*NONE, *department_choices().items()]


def _desk_choices() -> list[tuple[str, str]]:
    return [*NONE, *((f"{branch}/{key}", name) for (branch, key), name in desk_choices().items())]


class StaffForm(forms.Form):
    """A new member of staff."""

    username = forms.RegexField(
        r"^[A-Za-z0-9_.-]{3,40}$",
        label=_("利用者名"),
        help_text=_("半角の英数字3〜40字"),
        error_messages={"invalid": _("半角の英数字3〜40字で入れてください。")},
    )
    display_name = forms.CharField(label=_("氏名"), max_length=60)
    department = forms.ChoiceField(label=_("課"), required=False, choices=_department_choices)
    desk = forms.ChoiceField(label=_("席"), required=False, choices=_desk_choices)
    roles = forms.MultipleChoiceField(
        label=_("役割"), required=False, choices=role_choices, widget=forms.CheckboxSelectMultiple
    )

    def given(self) -> dict[str, Any]:
        """What `city.operations.add_staff` takes besides a password, which nobody but they themselves chooses."""
        branch, _slash, desk = self.cleaned_data["desk"].partition("/")
        return {
            "username": self.cleaned_data["username"],
            "display_name": self.cleaned_data["display_name"],
            "roles": [Role(value) for value in self.cleaned_data["roles"]],
            "department": self.cleaned_data["department"] or None,
            "branch": branch or None,
            "desk": desk or None,
        }


class DayForm(forms.Form):
    """A day on which the office is open or closed against the national calendar."""

    day = WarekiField(label=_("日"), help_text=_("R8.12.29 のように"))
    is_open = forms.ChoiceField(label=_("開庁"), choices=[("closed", _("閉める")), ("open", _("開ける"))])
    note = forms.CharField(label=_("理由"), max_length=100, required=False)
