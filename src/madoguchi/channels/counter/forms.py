"""Forms of the counter: forgiving in what they take (和暦 or 西暦, any width), exact in what they give."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.cases.opening import MOST_PEOPLE
from madoguchi.channels.shared.fields import WarekiField

RELATIONSHIPS = (
    "世帯主",
    "妻",
    "夫",
    "子",
    "父",
    "母",
    "妻の父",
    "妻の母",
    "夫の父",
    "夫の母",
    "妻の子",
    "夫の子",
    "子の妻",
    "子の夫",
    "子の子",
    "父の父",
    "父の母",
    "母の父",
    "母の母",
    "兄",
    "姉",
    "弟",
    "妹",
    "妻（未届）",
    "夫（未届）",
    "縁故者",
    "同居人",
)
LONGEST_NAME = 200


class FindForm(forms.Form):
    """What a clerk knows of a person."""

    number = forms.CharField(label=_("宛名番号"), required=False, max_length=20)
    kana = forms.CharField(label=_("かな"), required=False, max_length=100)
    name = forms.CharField(label=_("氏名"), required=False, max_length=LONGEST_NAME)
    birth = WarekiField(label=_("生年月日"), required=False, help_text=_("S59.5.2 や 1984-5-2 のように"))
    address = forms.CharField(label=_("住所（町名から）"), required=False, max_length=200)


class CertificateForm(forms.Form):
    """What the moving-out certificate says of the move."""

    move_date = WarekiField(label=_("住み始めた日"), help_text=_("R8.11.5 のように"))
    planned_move_out_date = WarekiField(
        label=_("転出予定日"), required=False, help_text=_("転出証明書に書かれた日")
    )
    old_address = forms.CharField(label=_("前の住所"), max_length=200)
    old_head = forms.CharField(label=_("前の世帯主"), max_length=LONGEST_NAME, required=False)
    new_address = forms.CharField(label=_("新しい住所"), max_length=200)
    new_building = forms.CharField(label=_("方書（建物・部屋・様方）"), max_length=200, required=False)
    special = forms.BooleanField(label=_("特例転出（カードで転出した）"), required=False)


class EntryForm(forms.Form):
    """What those who come from abroad say of their move, and their passports."""

    move_date = WarekiField(label=_("住み始めた日"), help_text=_("R8.11.5 のように"))
    old_address = forms.CharField(label=_("前に住んでいた国・地域"), max_length=200)
    new_address = forms.CharField(label=_("新しい住所"), max_length=200)
    new_building = forms.CharField(label=_("方書（建物・部屋・様方）"), max_length=200, required=False)


class _OneOfTheHousehold(forms.TextInput):
    """A name, with those of the household to choose from."""

    def __init__(self) -> None:
        super().__init__({"list": "household-names", "autocomplete": "off"})


class EventForm(forms.Form):
    """What is said of an event of a household of the register; which fields are asked depends on the event."""

    day = WarekiField(label=_("日付"), required=False, help_text=_("R8.11.5 のように"))
    new_address = forms.CharField(label=_("新しい住所"), max_length=200, required=False)
    new_building = forms.CharField(label=_("方書（建物・部屋・様方）"), max_length=200, required=False)
    child_name = forms.CharField(
        label=_("お子さんの氏名"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("まだ決まっていなければ空のままにします"),
    )
    child_kana = forms.CharField(label=_("お子さんのフリガナ"), max_length=LONGEST_NAME, required=False)
    child_sex = forms.ChoiceField(
        label=_("お子さんの性別"), required=False, choices=[("", "―"), ("male", _("男")), ("female", _("女"))]
    )
    funeral_host = forms.CharField(
        label=_("葬祭を行った方（喪主）"),
        max_length=LONGEST_NAME,
        required=False,
        widget=_OneOfTheHousehold(),
    )
    heir_representative = forms.CharField(
        label=_("相続人の代表の方"), max_length=LONGEST_NAME, required=False, widget=_OneOfTheHousehold()
    )
    pension_claimant = forms.CharField(
        label=_("未支給の年金を請求する方"),
        max_length=LONGEST_NAME,
        required=False,
        widget=_OneOfTheHousehold(),
    )

    def takes_a_vague_day(self) -> None:
        """Of a death: 推定, 頃, a span of days or a time of day stand as the certificate writes them."""
        day = self.fields["day"]
        assert isinstance(day, WarekiField)
        day.exact, day.timed = False, True
        day.help_text = _("R8.11.5 のように。「頃」「推定」「○日から○日までの間」も書かれたとおりに")


class CertificatePersonForm(forms.Form):
    """One person on the certificate. Blank lines are left out. `told_of`: who was told of before coming, on this line."""

    told_of = told_as = ""

    name = forms.CharField(label=_("氏名"), max_length=LONGEST_NAME, required=False)
    kana = forms.CharField(label=_("フリガナ"), max_length=LONGEST_NAME, required=False)
    birth = WarekiField(label=_("生年月日"), exact=False, required=False)
    sex = forms.ChoiceField(
        label=_("性別"), required=False, choices=[("", "—"), ("male", _("男")), ("female", _("女"))]
    )
    relationship = forms.ChoiceField(
        label=_("続柄"), required=False, choices=[("", "—"), *((one, one) for one in RELATIONSHIPS)]
    )
    nationality_class = forms.ChoiceField(
        label=_("国籍・在留"),
        required=False,
        choices=[
            ("jp", _("日本")),
            ("mid_long", _("中長期在留者")),
            ("special_permanent", _("特別永住者")),
            ("landing", _("一時庇護・仮滞在")),
            ("birth_transit", _("経過滞在者")),
        ],
    )
    health_insurance = forms.ChoiceField(
        label=_("健康保険（証明書の記載）"),
        required=False,
        choices=[("", _("記載なし")), ("nhi", _("国民健康保険")), ("late_elderly", _("後期高齢者医療"))],
    )
    pension = forms.ChoiceField(
        label=_("国民年金（証明書の記載）"),
        required=False,
        choices=[
            ("", _("記載なし")),
            ("1", _("第1号")),
            ("3", _("第3号")),
            ("voluntary", _("任意加入")),
            ("receiving", _("受給者")),
        ],
    )
    former_surname = forms.CharField(label=_("旧氏"), max_length=LONGEST_NAME, required=False)
    alias = forms.CharField(label=_("通称"), max_length=LONGEST_NAME, required=False)
    kanji_alongside = forms.CharField(label=_("併記名（漢字）"), max_length=LONGEST_NAME, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("name"):
            for name, label in (("birth", _("生年月日")), ("relationship", _("続柄"))):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("%(label)sを入れてください。") % {"label": label})
        elif cleaned.get("kana") or cleaned.get("birth"):
            self.add_error("name", _("氏名を入れてください。"))
        return cleaned


class BasePeople(forms.BaseFormSet[CertificatePersonForm]):
    """The people of the certificate; at least one."""

    def people(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]


def people_formset(lines: int) -> type[BasePeople]:
    """A set of `lines` person forms."""
    made: type[BasePeople] = forms.formset_factory(  # type: ignore[assignment]  # the stubs forget `formset`
        CertificatePersonForm, formset=BasePeople, extra=lines, max_num=MOST_PEOPLE, absolute_max=MOST_PEOPLE
    )
    return made


class JoinForm(forms.Form):
    """Which household is joined."""

    household = forms.CharField(label=_("世帯番号か、世帯の人の宛名番号"), required=False, max_length=20)


class VisitorForm(forms.Form):
    """Who came."""

    person = forms.ChoiceField(label=_("来た人（世帯の人のとき）"), required=False)
    name = forms.CharField(
        label=_("来た人の氏名（世帯の人でないとき）"), required=False, max_length=LONGEST_NAME
    )
    phone = forms.CharField(label=_("昼間につながる電話番号"), required=False, max_length=20)
    proof_seen = forms.BooleanField(
        label=_("代理権の書類・委任状などを確かめた（代理のとき）"), required=False
    )
    unproved = forms.BooleanField(
        label=_("本人確認書類で確認できない（届出後に本人へ通知を送る）"), required=False
    )


def exact_date(value: object) -> date | None:
    """A cleaned WarekiField as a date."""
    return value if isinstance(value, date) else None
