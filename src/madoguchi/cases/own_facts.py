"""What a case holds beside the vocabulary of the procedures (氏名・住所など), defined as any other fact is.

They decide no procedure; sheets and the change data carry them, and a clerk puts them right with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from madoguchi.cases.record import PLACE_OF_STAY
from madoguchi.procedures.facts import EVENT_SUBJECT, FactDefinition, FactRef, FactType, Holder

LATE_REASON = "late_reason"
_LABELS: Mapping[Holder, Mapping[str, str]] = {
    Holder.PERSON: {
        "name": "氏名",
        "kana": "フリガナ",
        "former_surname": "旧氏",
        "alias": "通称",
        "kanji_alongside": "併記名（漢字）",
        "domicile": "本籍",
        "domicile_head": "筆頭者",
    },
    Holder.EVENT: {
        "new_address": "新しい住所",
        "new_building": "方書",
        "new_postal_code": "郵便番号",
        "old_address": "前の住所",
        "old_building": "前の方書",
        "registered_address": "住所（住民記録）",
        PLACE_OF_STAY: "居所（いるところ）",
        "old_head": "前の世帯主",
        "new_head": "新しい世帯主",
        "funeral_host": "葬祭を行った方（喪主）",
        "heir_representative": "相続人の代表の方",
        "pension_claimant": "未支給の年金を請求する方",
        LATE_REASON: "届出が遅れた理由",
    },
}
ADDRESS_FACTS = frozenset(
    {
        "new_address",
        "new_building",
        "new_postal_code",
        "old_address",
        "old_building",
        "registered_address",
        PLACE_OF_STAY,
    }
)


def own_definition(ref: FactRef) -> FactDefinition | None:
    """The definition of a fact that only cases know, or None."""
    holder = Holder.EVENT if ref.subject == EVENT_SUBJECT else Holder.PERSON
    label = _LABELS[holder].get(ref.key)
    if label is None:
        return None
    return FactDefinition(ref.key, holder, FactType.TEXT, (), label, "", "", ref.key, "届出", "")
