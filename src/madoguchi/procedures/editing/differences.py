"""Two sets of a pack's files compared in words (版の違い): what is new, gone or said otherwise, key by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import tomli

from madoguchi.jp.wareki import format_wareki
from madoguchi.procedures.editing.key_words import CODES, WORDS
from madoguchi.procedures.editing.layers import NAMED_BY, Layer, entries, translations
from madoguchi.procedures.editing.sentences import sentence_of
from madoguchi.procedures.loader import PACK_FILE, SHARED
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.translations import Language

FILES = {
    "prompts.toml": "質問", "departments.toml": "担当課", "parameters.toml": "市の設定", "vocabulary.toml": "事実", "wordings.toml": "言い回し",
    "tables.toml": "表",
}  # fmt: skip
_CONDITIONS = frozenset({"must", "optional", "when"})


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
                merged.setdefault(file, {}).update(tomli.loads(text))
    return merged


def _sheets(layers: Sequence[Layer]) -> dict[str, dict[str, Any]]:
    return {
        file: tomli.loads(text)
        for layer in layers
        for file, text in layer.items()
        if file.startswith("sheets/")
    }


def _listed(layer: Layer, file: str) -> list[Mapping[str, Any]]:
    return list(tomli.loads(layer.get(file, "")).get(SHARED[file], []))


def _tables(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, Mapping) for one in value))


def _joined(parts: Iterable[str]) -> str:
    """Parts of one sentence; a sentence among them keeps only the comma."""
    return "、".join(part.removesuffix("。") for part in parts)


def _outcome(example: Mapping[str, Any]) -> str:
    if not example:
        return ""
    expect, deadline = example.get("expect", {}), example.get("deadline", {})
    said = "、".join(
        f"{'世帯' if who == 'household' else who}は{CODES['expect'].get(str(status), str(status))}"
        + (f"（{format_wareki(deadline[who])}まで）" if isinstance(deadline.get(who), date) else "")
        for who, status in expect.items()
    )
    return f"「{example.get('name', '')}」: {said}"


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
        for language in Language:
            yield from self._translated(language)

    def _translated(self, language: Language) -> Iterator[Difference]:
        old, new = translations(self._before, language), translations(self._after, language)
        for ja in sorted(old.keys() | new.keys()):
            if old.get(ja) != new.get(ja):
                yield Difference("訳", f"「{ja}」", language.label, old.get(ja, ""), new.get(ja, ""))

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
            if "expect" in (old or new or {}):
                yield self._example(kind, subject, old or {}, new or {})
            elif old is not None and new is not None:
                yield from self._of(kind, subject, old, new, f"{name}{place + 1}の")
            else:
                yield Difference(kind, subject, name, self._said("", old), self._said("", new))

    def _example(self, kind: str, subject: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
        """An example by its name and outcome; what its household is made of stands on its own screen."""
        before, after = _outcome(old), _outcome(new)
        if before == after:
            after += "（世帯や日付の中身が変わりました）"
        return Difference(kind, subject, WORDS["example"], before, after)

    def _said(self, key: str, value: Any) -> str:
        """A value in words; a condition as its sentence."""
        match value:
            case None:
                return ""
            case bool():
                return "はい" if value else "いいえ"
            case str() if key in CODES:
                return CODES[key].get(value, value)
            case str() if key == "department" and self._pack and value in self._pack.departments:
                return self._pack.departments[value].name
            case str() if key in _CONDITIONS:
                return sentence_of(value, self._pack)
            case date():
                return format_wareki(value)
            case Mapping():
                parts = (f"{WORDS.get(name, name)}: {self._said(name, one)}" for name, one in value.items())
                return _joined(parts)
            case list():
                return _joined(self._said(key, one) for one in value) or "なし"
            case _:
                return str(value)
