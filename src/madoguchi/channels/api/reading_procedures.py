"""Procedures as everybody may read them: of a published revision, in one language, complete or in Japanese."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from madoguchi.catalogue.queries import pack_of
from madoguchi.channels.api.shapes import (
    Because,
    BringThing,
    DeadlineShape,
    EventList,
    EventShape,
    Fee,
    LanguageList,
    LanguageShape,
    LateCost,
    Named,
    OneProcedure,
    ProcedureList,
    ProcedureShape,
    Source,
    WithoutRecordShape,
)
from madoguchi.procedures.facts import Holder
from madoguchi.procedures.packs import Pack, Procedure, Rule
from madoguchi.procedures.situation import EventKind
from madoguchi.procedures.translations import Language, language_of, missing, offered, texts_of

JAPANESE = "ja"
JAPANESE_NAME = "日本語"


def procedure_languages(pack: Pack, procedure: Procedure) -> tuple[str, ...]:
    """The languages in which nothing of a procedure is missing, Japanese first."""
    texts = texts_of(procedure)
    return (JAPANESE, *(one.value for one in Language if not missing(pack, one, texts)))


def shape_of(pack: Pack, procedure: Procedure, tag: str) -> ProcedureShape:
    """One procedure in this language, or in Japanese while a sentence of it is missing: never half and half."""
    languages = procedure_languages(pack, procedure)
    spoken = tag if tag in languages else JAPANESE
    there = pack.translations.get(spoken, {}) if language_of(spoken) else {}

    def said(text: str) -> str:
        return there.get(text, text)

    return ProcedureShape(
        id=procedure.id, law_id=procedure.law_id, language=spoken, languages=list(languages),
        name=said(procedure.name), summary=said(procedure.summary), law=procedure.law,
        verified=Source(
            verified=procedure.verified.verified, on=procedure.verified.on, source=procedure.verified.source
        ),
        events=sorted(procedure.events, key=list(EventKind).index), per=procedure.per,
        department=Named(key=procedure.department, name=pack.departments[procedure.department].name),
        channels=dict(procedure.channels), fee=Fee(yen=procedure.fee_yen, note=said(procedure.fee_note)),
        bring=[
            BringThing(text=said(one.text), when=one.when.source if one.when else None) for one in procedure.bring
        ],
        tell=[said(one) for one in procedure.tell],
        late=LateCost(text=said(procedure.late.text), loses=procedure.late.loses),
        deadlines=_deadlines(procedure), because=[_because(one, said) for one in procedure.rules],
        without_record=_without_record(procedure),
    )  # fmt: skip


def _deadlines(procedure: Procedure) -> list[DeadlineShape]:
    return [
        DeadlineShape(
            event=one.event, start=one.start.source, days=one.days, count_first_day=one.count_first_day,
            roll_to_open_day=one.roll_to_open_day,
        )
        for one in procedure.deadlines
    ]  # fmt: skip


def _because(rule: Rule, said: Callable[[str], str]) -> Because:
    return Because(
        since=rule.since, until=rule.until, text=said(rule.because), law=rule.law,
        verified=rule.verification.verified if rule.verification else None,
    )  # fmt: skip


def _without_record(procedure: Procedure) -> WithoutRecordShape:
    told = procedure.without_record
    return WithoutRecordShape(
        state=told.need.value, label=told.need.label, text=told.text, law=told.law,
        verified=told.verification.verified,
    )  # fmt: skip


@lru_cache(maxsize=64)
def procedure_list(revision: str, tag: str, event: EventKind | None) -> bytes:
    """Every procedure of a revision (of one event), as the bytes that are sent."""
    pack = pack_of(revision)
    found = pack.procedures if event is None else pack.procedures_of(event)
    told = ProcedureList(
        revision=revision, language=tag, procedures=[shape_of(pack, one, tag) for one in found]
    )
    return told.model_dump_json().encode()


@lru_cache(maxsize=256)
def one_procedure(revision: str, tag: str, procedure: str) -> bytes | None:
    """One procedure of a revision by its id or its number ("C01"); None when there is none."""
    pack = pack_of(revision)
    found = next((one for one in pack.procedures if procedure in (one.id, one.law_id)), None)
    if found is None:
        return None
    return OneProcedure(revision=revision, procedure=shape_of(pack, found, tag)).model_dump_json().encode()


@lru_cache(maxsize=4)
def event_list(revision: str) -> bytes:
    """The events, what may be said of each, and the procedures that it begins."""
    pack = pack_of(revision)
    facts = [one.key for one in pack.vocabulary if one.holder is Holder.EVENT]
    events = [
        EventShape(
            kind=kind, label=kind.label, facts=facts,
            procedures=[one.id for one in pack.procedures_of(kind)],
        )
        for kind in EventKind
    ]  # fmt: skip
    return EventList(revision=revision, events=events).model_dump_json().encode()


@lru_cache(maxsize=4)
def language_list(revision: str) -> bytes:
    """Each language, and how far its texts are."""
    pack = pack_of(revision)
    whole = offered(pack)
    told = [LanguageShape(tag=JAPANESE, label=JAPANESE_NAME, complete=True, procedures=len(pack.procedures))]
    for one in Language:
        ready = sum(not missing(pack, one, texts_of(procedure)) for procedure in pack.procedures)
        told.append(LanguageShape(tag=one.value, label=one.label, complete=one in whole, procedures=ready))
    return LanguageList(revision=revision, languages=told).model_dump_json().encode()
