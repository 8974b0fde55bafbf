"""How facts are said on screen: labels, values, sources and dates in the clerk's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from madoguchi.audit.entries import Channel
from madoguchi.cases.hearing import definition_of
from madoguchi.cases.record import HEAD, PLACE_OF_STAY, HeldFact, Record
from madoguchi.cases.roles import ROLE_KEYS
from madoguchi.cases.states import IdentityDocument, VisitorKind
from madoguchi.cases.views import CaseHeader, TaskView
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import format_date_text, format_wareki_short
from madoguchi.procedures.facts import CLAIMANT, HOUSEHOLD_SUBJECT, FactRef, Value
from madoguchi.procedures.packs import Pack

OWN_LABELS = {
    "name": "氏名",
    "kana": "フリガナ",
    "domicile": "本籍",
    "domicile_head": "筆頭者",
    "new_address": "新しい住所",
    "new_building": "方書",
    "old_address": "前の住所",
    "old_building": "前の方書",
    "registered_address": "住所（住民記録）",
    PLACE_OF_STAY: "居所（いるところ）",
    "old_head": "前の世帯主",
    "new_head": "新しい世帯主",
    "funeral_host": "葬祭を行った方（喪主）",
    "heir_representative": "相続人の代表の方",
    "pension_claimant": "未支給の年金を請求する方",
    "joined_household": "入る世帯",
    "notifier_name": "届出人",
    "notifier_kind": "来た人",
    "notifier_phone": "電話番号",
    "notifier_documents": "本人確認書類",
    CLAIMANT: "手当などの請求者",
}
ADDRESS_KEYS = frozenset(
    {
        "new_address",
        "new_building",
        "old_address",
        "old_building",
        "registered_address",
        "joined_household",
        PLACE_OF_STAY,
    }
)
NOT_SHOWN = frozenset(
    {
        "notifier_ref",
        "notifier_proof",
        "notifier_unproved",
        "address_kept_off",
        "post_held",
        "chosen_procedures",
        "only_procedures",
        "attached_files",
        "resident_code",
    }
    | ROLE_KEYS
)


def label_of(pack: Pack, ref: FactRef) -> str:
    """What a fact is called."""
    definition = definition_of(pack, ref)
    return definition.label if definition else _(OWN_LABELS.get(ref.key, ref.key))


def value_text(pack: Pack, record: Record, ref: FactRef, value: Value | None) -> str:
    """A value in words."""
    if value is None:
        return _("わからない")
    if ref == FactRef(CLAIMANT, HOUSEHOLD_SUBJECT):
        return record.name_of(str(value))
    if ref.key == "notifier_kind":
        return _(VisitorKind(str(value)).label)
    if ref.key == "notifier_documents" and isinstance(value, frozenset):
        return "、".join(_(IdentityDocument(code).label) for code in sorted(value))
    definition = definition_of(pack, ref)
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, date | PossibleDays):
        return format_date_text(value)
    if isinstance(value, frozenset):
        if not value:
            return _("なし")
        return "、".join(definition.label_of(code) if definition else code for code in sorted(value))
    if definition and definition.choices:
        return definition.label_of(str(value))
    return f"{value:,}" if isinstance(value, int) else value


def seat_text(seats: Mapping[tuple[str, str], str], of: CaseHeader | TaskView) -> str:
    """Where whoever it is about sits; at home, when they applied from there."""
    return _("オンライン") if of.channel is Channel.ONLINE else seats.get((of.branch, of.desk), of.desk)


def source_text(held: HeldFact) -> str:
    """Where a fact comes from and as of when: 住民記録 令8.11.20時点."""
    return _("%(source)s %(day)s時点") % {
        "source": _(held.source.label),
        "day": format_wareki_short(held.as_of),
    }


def birth_text(record: Record, ref: str) -> str:
    """昭59.5.2 (42) is for the screen; the age is left to the reader of 不詳."""
    value = record.value("birth_date", ref)
    if isinstance(value, PossibleDays):
        return value.text
    return format_wareki_short(value) if isinstance(value, date) else ""


def relationship_text(record: Record, ref: str) -> str:
    """The 続柄 as it is shown: where nobody is registered there is no 世帯主, and the first is who speaks for them."""
    said = record.text("relationship", ref)
    return _("代表の方") if said == HEAD and record.nobody_registered else said
