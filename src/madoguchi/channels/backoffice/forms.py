"""Forms of the back office."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from madoguchi.channels.shared.fields import WarekiField
from madoguchi.city.authority import OUTSIDE_ALONE, ROLE_NAMES, Role, mixed
from madoguchi.city.queries import department_choices, desk_choices
from madoguchi.residents.mandates import KIND_NAMES, MandateKind

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

    def clean_roles(self) -> list[str]:
        """Roles that one person may hold together."""
        found: list[str] = self.cleaned_data["roles"]
        if mixed(frozenset(Role(value) for value in found)):
            raise forms.ValidationError(_now(OUTSIDE_ALONE))
        return found

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


NUMBER = r"^\s*[0-9]{1,15}\s*$"


class ShelterForm(forms.Form):
    """支援措置 for a person; the numbers of those who ask together are separated by spaces, commas or new lines."""

    resident_no = forms.RegexField(
        NUMBER, label=_("宛名番号"), error_messages={"invalid": _("宛名番号は半角の数字で入れてください。")}
    )
    together = forms.RegexField(
        r"^[0-9\s,、，]*$",
        label=_("併せて支援を求める方の宛名番号"),
        help_text=_("何人もいるときは、空白で区切ります"),
        required=False,
        max_length=400,
        error_messages={"invalid": _("宛名番号は半角の数字で、空白で区切って入れてください。")},
    )
    begins_on = WarekiField(label=_("始まりの日"), help_text=_("R8.11.23 のように"))
    ends_on = WarekiField(
        label=_("終わりの日"), required=False, help_text=_("ふつうは1年。仮の措置では空けておけます")
    )
    provisional = forms.BooleanField(label=_("仮の支援措置（申出の相談中）"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("ends_on") and not given.get("provisional") and "ends_on" not in self.errors:
            self.add_error(
                "ends_on", _("終わりの日を入れてください。空けておけるのは、仮の支援措置だけです。")
            )
        return given

    def given(self) -> dict[str, Any]:
        """What `sheltering.protect` takes."""
        number = self.cleaned_data["resident_no"].strip()
        others = dict.fromkeys(re.findall(r"[0-9]+", self.cleaned_data["together"]))
        others.pop(number, None)
        return {**self.cleaned_data, "resident_no": number, "together": tuple(others)}


class ProlongForm(forms.Form):
    """How long it goes on."""

    resident_no = forms.RegexField(NUMBER)
    ends_on = WarekiField()


class DayForm(forms.Form):
    """A day on which the office is open or closed against the national calendar."""

    day = WarekiField(label=_("日"), help_text=_("R8.12.29 のように"))
    is_open = forms.ChoiceField(label=_("開庁"), choices=[("closed", _("閉める")), ("open", _("開ける"))])
    note = forms.CharField(label=_("理由"), max_length=100, required=False)


class StaffMandateForm(forms.Form):
    """A mandate whose evidence staff saw."""

    principal_no = forms.RegexField(
        NUMBER,
        label=_("本人の宛名番号"),
        error_messages={"invalid": _("宛名番号は半角の数字で入れてください。")},
    )
    code = forms.CharField(label=_("代理の方のコード"), max_length=20)
    kind = forms.ChoiceField(
        label=_("種類"), choices=lambda: [(one.value, _now(KIND_NAMES[one])) for one in MandateKind]
    )
    ends_on = WarekiField(label=_("終わりの日"), help_text=_("きょうから1年以内。R9.11.23 のように"))
    evidence = forms.CharField(
        label=_("確かめた書類"), help_text=_("登記事項証明書の番号、委任状の日付など"), max_length=200
    )

    def given(self) -> dict[str, Any]:
        """What `residents.mandates.enter` takes."""
        return {
            "principal_no": self.cleaned_data["principal_no"].strip(),
            "code": self.cleaned_data["code"],
            "kind": MandateKind(self.cleaned_data["kind"]),
            "ends_on": self.cleaned_data["ends_on"],
            "evidence": self.cleaned_data["evidence"],
            "procedures": (),
        }
