"""People without a 住民票 in this city (住民票のない方): what is known of them is entered by hand. Why is not asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from madoguchi.cases import unregistered as without_record
from madoguchi.cases.acting import NotNow, SomebodyElseChanged
from madoguchi.cases.opening import MOST_PEOPLE
from madoguchi.cases.record import ADDRESS_KEPT_OFF, HEAD, PLACE_OF_STAY
from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.forms import LONGEST_NAME, RELATIONSHIPS
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.views_opening import case_of, version_of
from madoguchi.channels.shared.fields import WarekiField, whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.procedures.situation import EventKind

FIRST_LINES, MORE_LINES = 2, 2
# What makes a line one of somebody; 続柄 alone says of nobody that they are there.
SAYS_WHO = ("name", "kana", "birth", "sex", "name_unknown")
EXPECTED = (
    without_record.NobodyEntered, without_record.TooManyPeople, without_record.BornInFuture, NotNow, SomebodyElseChanged,
)  # fmt: skip


class StayForm(forms.Form):
    """Where they stay, as far as they say it."""

    place_of_stay = forms.CharField(
        label=lazy("いるところ（居所）"),
        max_length=200,
        required=False,
        help_text=lazy("泊まっている家や施設など。決まっていないとき、言いたくないときは、空のままにします"),
    )


class UnregisteredForm(forms.Form):
    """One person, as far as they are known."""

    name = forms.CharField(
        label=lazy("氏名（呼び名でもかまいません）"), max_length=LONGEST_NAME, required=False
    )
    kana = forms.CharField(label=lazy("フリガナ"), max_length=LONGEST_NAME, required=False)
    birth = WarekiField(
        label=lazy("生年月日"),
        exact=False,
        required=False,
        help_text=lazy("「昭和60年月日不詳」のようにも。分からなければ空のまま"),
    )
    sex = forms.ChoiceField(
        label=lazy("性別"), required=False, choices=[("", "—"), ("male", lazy("男")), ("female", lazy("女"))]
    )
    relationship = forms.ChoiceField(
        label=lazy("代表の方から見た続柄"),
        required=False,
        choices=[
            ("", "—"),
            (HEAD, lazy("代表の方（ご本人）")),
            *((one, one) for one in RELATIONSHIPS if one != HEAD),
        ],
    )
    name_unknown = forms.BooleanField(label=lazy("氏名が分からない"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.is_somebody(cleaned) and not cleaned.get("name") and not cleaned.get("name_unknown"):
            message = _("氏名か呼び名を入れるか、「氏名が分からない」にしるしを付けてください。")
            self.add_error("name", message)
        return cleaned

    @staticmethod
    def is_somebody(cleaned: dict[str, Any]) -> bool:
        return any(cleaned.get(key) for key in SAYS_WHO)


def people_of(lines: int, **options: Any) -> forms.BaseFormSet[UnregisteredForm]:
    """`lines` lines for people."""
    made = forms.formset_factory(UnregisteredForm, extra=lines, max_num=MOST_PEOPLE, absolute_max=MOST_PEOPLE)
    return made(**options)


@needs(Authority.COUNTER)
def unregistered(request: HttpRequest, case: str) -> HttpResponse:
    """Enter people without a 住民票, alone or beside a household of the register."""
    view = case_of(request, case, "unregistered")
    if view.header.event is not EventKind.none or view.header.signed:
        return redirect("counter:resume", case)
    if request.method != "POST":
        stay = StayForm(initial={"place_of_stay": _known_place(view)})
        first = [] if view.record.people else [{"relationship": HEAD}]
        return _page(request, view, stay, people_of(FIRST_LINES - len(first), initial=first), [])
    lines = min(whole_number(request.POST.get("form-TOTAL_FORMS", "")) or FIRST_LINES, MOST_PEOPLE)
    if request.POST.get("go") == "more":
        grown = request.POST.copy()
        grown["form-TOTAL_FORMS"] = str(min(lines + MORE_LINES, MOST_PEOPLE))
        return _page(request, view, StayForm(initial=grown.dict()), people_of(lines, data=grown), [])
    stay, people = StayForm(request.POST), people_of(lines, data=request.POST)
    problems: list[str] = []
    if stay.is_valid() and people.is_valid():
        try:
            without_record.add_unregistered(
                case=case,
                people=_people(people),
                place_of_stay=stay.cleaned_data["place_of_stay"],
                keep_off=request.POST.get("keep_off") == "yes",
                by=actor_of(request),
                now=timezone.now(),
                version=version_of(request),
            )
            return redirect("counter:event", case)
        except EXPECTED as error:
            problems = [str(error)]
    return _page(request, view, stay, people, problems)


def _known_place(view: CaseView) -> str:
    """What was said before, where it may appear."""
    return view.record.text(PLACE_OF_STAY) if view.address_shown else ""


def _people(people: forms.BaseFormSet[UnregisteredForm]) -> list[without_record.UnregisteredPerson]:
    filled = [form.cleaned_data for form in people.forms if form.is_somebody(form.cleaned_data)]
    return [
        without_record.UnregisteredPerson(
            name=one["name"], kana=one["kana"], birth=one["birth"], sex=one["sex"], relationship=one["relationship"]
        )
        for one in filled
    ]  # fmt: skip


def _page(
    request: HttpRequest,
    view: CaseView,
    stay: StayForm,
    people: forms.BaseFormSet[UnregisteredForm],
    problems: list[str],
) -> HttpResponse:
    kept_off = view.record.value(ADDRESS_KEPT_OFF) is True or request.POST.get("keep_off") == "yes"
    context = {
        "case": head_of(view.header, here="start", record=view.record),
        "stay": stay,
        "people": people,
        "problems": problems,
        "kept_off": kept_off,
        "there": [view.record.name_of(one.ref) for one in view.record.people],
    }
    return render(request, "counter/unregistered.html", context)
