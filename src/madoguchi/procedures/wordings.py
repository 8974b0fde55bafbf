"""Words that differ by life event (届出による言い回し): the same fact, asked as this event asks it.

A wording names a fact ("move_date", or "event.birth_date" where two holders have the key) or a prompt, the events, and
the words that replace the usual ones. It changes what is read, never what is decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from madoguchi.procedures.facts import FactDefinition, Holder
from madoguchi.procedures.language.faults import nearest
from madoguchi.procedures.packs import Pack, PromptText, Wording
from madoguchi.procedures.situation import EventKind
from madoguchi.procedures.tables import Table

Facts = Mapping[tuple[Holder, str], FactDefinition]
Prompts = Mapping[str, PromptText]
_WORDS = ("label", "question", "why")
_told: dict[tuple[Pack, EventKind], Pack] = {}
_KEPT = 64


def told_for(pack: Pack, event: EventKind) -> Pack:
    """Return the same pack in the words of an event; the same object each time."""
    if not any(event in wording.events for wording in pack.wordings):
        return pack
    if (pack, event) not in _told:
        if len(_told) >= _KEPT:
            _told.clear()
        _told[(pack, event)] = _reworded(pack, event)
    return _told[(pack, event)]


def _reworded(pack: Pack, event: EventKind) -> Pack:
    facts = {(one.holder, one.key): one for one in pack.vocabulary}
    prompts = dict(pack.prompts)
    for wording in pack.wordings:
        if event not in wording.events:
            continue
        if isinstance(wording.of, str):
            prompt = prompts[wording.of]
            question, why = wording.question or prompt.question, wording.why or prompt.why
            prompts[wording.of] = replace(prompt, question=question, why=why)
        else:
            fact = facts[wording.of]
            question, why = wording.question or fact.question, wording.why or fact.why
            facts[wording.of] = replace(fact, label=wording.label or fact.label, question=question, why=why)
    return replace(pack, vocabulary=tuple(facts.values()), prompts=prompts)


def read_wordings(tables: Iterable[Table], facts: Facts, prompts: Prompts) -> tuple[Wording, ...]:
    """Return the wordings in the order of the file; of two for the same words the later one is read."""
    found = []
    for table in tables:
        table.only(("fact", "prompt", "events", *_WORDS))
        of = _of(table, facts, prompts)
        words = {key: table.text(key, default="") for key in _WORDS}
        if not any(words.values()) or (isinstance(of, str) and words["label"]):
            message = "言いかえる言葉がありません。prompt には question と why だけを書けます。"
            table.fault("question", message, "question を書いてください。")
        if of is not None:
            found.append(Wording(of, _events(table), **words))
    return tuple(found)


def _events(table: Table) -> frozenset[EventKind]:
    known = {event.value: event for event in EventKind}
    for name in table.texts("events"):
        if name not in known:
            table.fault("events", f"「{name}」という届出はありません。", nearest(name, known), name)
    return frozenset(known[name] for name in table.texts("events") if name in known)


def _of(table: Table, facts: Facts, prompts: Prompts) -> tuple[Holder, str] | str | None:
    fact, prompt = table.optional_text("fact"), table.optional_text("prompt")
    if (fact is None) is (prompt is None):
        table.fault("fact", "fact か prompt の一方だけが要ります。", "言いかえる項目を一つ書いてください。")
    elif prompt is not None:
        if prompt in prompts:
            return prompt
        table.fault("prompt", f"「{prompt}」は prompts.toml にありません。", nearest(prompt, prompts))
    else:
        named = {f"{holder.value}.{key}": (holder, key) for holder, key in facts}
        found = [ref for name, ref in named.items() if fact in (name, ref[1])]
        if len(found) == 1:
            return found[0]
        table.fault("fact", f"「{fact}」という項目を一つに決められません。", nearest(str(fact), named))
    return None
