"""Two sets of a pack's files compared in words (版の違い): what is new, gone or said otherwise, key by key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from madoguchi.jp.wareki import format_wareki
from madoguchi.procedures.editing.layers import NAMED_BY, Layer, entries
from madoguchi.procedures.editing.sentences import sentence_of
from madoguchi.procedures.loader import PACK_FILE, SHARED
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind

WORDS = {
    "counter": "窓口", "online": "オンライン", "base": "額", "id": "番号", "law_id": "法令の整理番号", "name": "名前", "summary": "説明", "law": "根拠", "law_note": "根拠の注",
    "events": "きっかけ", "per": "単位", "department": "担当課", "channels": "受け付け方", "fee_yen": "手数料(円)", "fee_note": "手数料の注",
    "bring": "持ち物", "rule": "規則", "deadline": "期限", "late": "遅れたとき", "sheet": "帳票", "verified": "確かめた出典",
    "example": "例", "notes": "注", "tell": "伝えること", "amount": "金額", "define": "言葉の決め", "since": "施行日", "until": "終わりの日",
    "must": "必要になる条件", "optional": "任意になる条件", "because": "理由", "otherwise": "不要のときの理由", "when": "条件", "text": "文",
    "value": "値", "label": "呼び名", "question": "質問", "why": "なぜ聞くか", "title": "題名", "box": "欄", "days": "日数", "from": "数え始め",
}  # fmt: skip
FILES = {
    "prompts.toml": "質問", "departments.toml": "担当課", "parameters.toml": "市の設定", "vocabulary.toml": "事実", "wordings.toml": "言い回し",
    "tables.toml": "表",
}  # fmt: skip
CHANNEL_WORDS = {
    "information": "案内だけ", "questionnaire": "質問に答える", "reservation": "予約", "prefill": "下書きを作る", "submission": "提出まで",
    "visit": "来庁", "full": "すべて",
}  # fmt: skip
_CONDITIONS = frozenset({"must", "optional", "when"})
_CODES: Mapping[str, Mapping[str, str]] = {
    "events": {kind.value: kind.label for kind in EventKind},
    "per": {"person": "人ごと", "household": "世帯ごと"},
    "verified": {"unverified": "まだ確かめていない"},
    "counter": CHANNEL_WORDS,
    "online": CHANNEL_WORDS,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is said otherwise: of what, which part, before and after ("" where it was not there)."""

    kind: str
    subject: str
    part: str
    before: str
    after: str


def differences(
    before: Sequence[Layer], after: Sequence[Layer], pack: Pack | None = None
) -> tuple[Difference, ...]:
    """Everything that the second set says otherwise, procedure by procedure, then the shared files and the sheets.

    `pack`: in whose words facts and departments are named; without it by their keys.
    """
    return tuple(_Comparison(before, after, pack).differences())


def procedures_that_differ(before: Sequence[Layer], after: Sequence[Layer]) -> tuple[str, ...]:
    """The ids of the procedures that are new or said otherwise."""
    old, new = _procedures(before), _procedures(after)
    return tuple(file.removesuffix(".toml") for file in sorted(new) if old.get(file) != new[file])


def _procedures(layers: Sequence[Layer]) -> dict[str, dict[str, Any]]:
    merged: dict[str, dict[str, Any]] = {}
    for layer in layers:
        for file, text in layer.items():
            if file not in SHARED and file != PACK_FILE and "/" not in file:
                merged.setdefault(file, {}).update(tomllib.loads(text))
    return merged


def _sheets(layers: Sequence[Layer]) -> dict[str, dict[str, Any]]:
    return {
        file: tomllib.loads(text)
        for layer in layers
        for file, text in layer.items()
        if file.startswith("sheets/")
    }


def _listed(layer: Layer, file: str) -> list[Mapping[str, Any]]:
    return list(tomllib.loads(layer.get(file, "")).get(SHARED[file], []))


def _tables(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, Mapping) for one in value))


class _Comparison:
    def __init__(self, before: Sequence[Layer], after: Sequence[Layer], pack: Pack | None) -> None:
        self._before, self._after, self._pack = before, after, pack

    def differences(self) -> Iterator[Difference]:
        old, new = _procedures(self._before), _procedures(self._after)
        for file in sorted(old.keys() | new.keys()):
            subject = str((new.get(file) or old.get(file) or {}).get("name", file))
            yield from self._of("手続き", subject, old.get(file, {}), new.get(file, {}))
        for file, kind in FILES.items():
            yield from self._shared(file, kind)
        old, new = _sheets(self._before), _sheets(self._after)
        for file in sorted(old.keys() | new.keys()):
            subject = str((new.get(file) or old.get(file) or {}).get("title", file))
            yield from self._of("帳票", subject, old.get(file, {}), new.get(file, {}))

    def _shared(self, file: str, kind: str) -> Iterator[Difference]:
        if file in NAMED_BY:
            old, new = entries(self._before, file), entries(self._after, file)
            for name in sorted(old.keys() | new.keys()):
                entry = new.get(name) or old[name]
                subject = str(entry.get("label") or entry.get("name") or entry.get("question") or name)
                yield from self._of(kind, subject, old.get(name, {}), new.get(name, {}))
            return
        said_before = [self._said("", one) for layer in self._before for one in _listed(layer, file)]
        said_after = [self._said("", one) for layer in self._after for one in _listed(layer, file)]
        for text in said_before:
            if text not in said_after:
                yield Difference(kind, "", "", text, "")
        for text in said_after:
            if text not in said_before:
                yield Difference(kind, "", "", "", text)

    def _of(
        self, kind: str, subject: str, old: Mapping[str, Any], new: Mapping[str, Any], part: str = ""
    ) -> Iterator[Difference]:
        for key in [*old, *(key for key in new if key not in old)]:
            before, after = old.get(key), new.get(key)
            if before == after:
                continue
            name = f"{part}{WORDS.get(key, key)}"
            if _tables(before) and _tables(after):
                yield from self._listed_tables(kind, subject, name, before or [], after or [])
            elif isinstance(before, Mapping) and isinstance(after, Mapping):
                yield from self._of(kind, subject, before, after, f"{name}の")
            else:
                yield Difference(kind, subject, name, self._said(key, before), self._said(key, after))

    def _listed_tables(
        self,
        kind: str,
        subject: str,
        name: str,
        before: list[Mapping[str, Any]],
        after: list[Mapping[str, Any]],
    ) -> Iterator[Difference]:
        """Two lists: what is the same in both is passed over, the rest is set side by side in its order."""
        gone = [one for one in before if one not in after]
        come = [one for one in after if one not in before]
        for place in range(max(len(gone), len(come))):
            old = gone[place] if place < len(gone) else None
            new = come[place] if place < len(come) else None
            if old is not None and new is not None:
                yield from self._of(kind, subject, old, new, f"{name}{place + 1}の")
            else:
                yield Difference(kind, subject, name, self._said("", old), self._said("", new))

    def _said(self, key: str, value: Any) -> str:
        """A value in words; a condition as its sentence."""
        match value:
            case None:
                return ""
            case bool():
                return "はい" if value else "いいえ"
            case str() if key in _CODES:
                return _CODES[key].get(value, value)
            case str() if key == "department" and self._pack and value in self._pack.departments:
                return self._pack.departments[value].name
            case str() if key in _CONDITIONS:
                return sentence_of(value, self._pack)
            case date():
                return format_wareki(value)
            case Mapping():
                parts = (f"{WORDS.get(name, name)}: {self._said(name, one)}" for name, one in value.items())
                return "、".join(parts)
            case list():
                return "、".join(self._said(key, one) for one in value) or "なし"
            case _:
                return str(value)
