"""What to ask next (次の質問): only facts that can still change an outcome, the most telling first.

A prompt is one screen: the same question about all the people whom it still concerns. Prompts are ordered
by how much of the open decisions they carry: each open decision shares one point among the facts it still
needs. Within a prompt the order of the people is kept. Because a decision names every fact that can matter,
asking in this order and leaving out what has stopped mattering always ends with nothing open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.court import decide
from madoguchi.procedures.decisions import Answer, Decision, Question
from madoguchi.procedures.facts import FactDefinition, FactRef
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import Situation
from madoguchi.procedures.wording import definition_of, label_of, order_of


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a screen asks at once: one question about the facts `refs`, each with its definition."""

    id: str
    question: str
    why: str
    refs: tuple[FactRef, ...]
    definitions: tuple[FactDefinition, ...]


def answer(pack: Pack, situation: Situation, *, on: date, open_days: OpenDays) -> Answer:
    """Return all decisions, and all open questions in asking order."""
    decisions = decide(pack, situation, on=on, open_days=open_days)
    return Answer(on, pack.revision, decisions, questions_of(pack, situation, decisions))


def next_question(
    pack: Pack, situation: Situation, decisions: tuple[Decision, ...], *, on: date, open_days: OpenDays
) -> Question | None:
    """Return the fact to ask now, or None when nothing is open.

    `decisions` must be what `decide` gives for this situation on this day.
    """
    asked = questions_of(pack, situation, decisions)
    return asked[0] if asked else None


def next_prompt(
    pack: Pack,
    situation: Situation,
    decisions: tuple[Decision, ...],
    *,
    skipped: frozenset[FactRef] = frozenset(),
    on: date,
    open_days: OpenDays,
) -> Prompt | None:
    """Return the next screen with all its facts that still matter, or None when nothing is left to ask.

    `skipped` are the facts already answered with "わからない": they stay unknown and are not asked again.
    """
    asked = [one.ref for one in questions_of(pack, situation, decisions) if one.ref not in skipped]
    if not asked:
        return None
    prompt_id = definition_of(pack, asked[0]).prompt
    refs = tuple(ref for ref in asked if definition_of(pack, ref).prompt == prompt_id)
    return prompt_of(pack, prompt_id, refs)


def prompt_of(pack: Pack, prompt_id: str, refs: tuple[FactRef, ...]) -> Prompt:
    """Return the screen that asks these facts of one prompt, in the pack's words or the first fact's."""
    definitions = tuple(definition_of(pack, ref) for ref in refs)
    words = pack.prompts.get(prompt_id)
    if words is None:
        return Prompt(prompt_id, definitions[0].question, definitions[0].why, refs, definitions)
    return Prompt(prompt_id, words.question, words.why, refs, definitions)


def questions_of(pack: Pack, situation: Situation, decisions: Sequence[Decision]) -> tuple[Question, ...]:
    """Return every fact that some open decision still needs, in asking order."""
    settles: dict[FactRef, dict[str, None]] = {}
    weights: dict[str, float] = {}
    first: dict[str, tuple[int, int]] = {}
    prompts: dict[FactRef, str] = {}
    places: dict[FactRef, tuple[int, int]] = {}
    for decision in decisions:
        for ref in decision.missing:
            if ref not in settles:
                settles[ref] = {}
                prompts[ref] = definition_of(pack, ref).prompt
                places[ref] = order_of(pack, situation, ref)
                first[prompts[ref]] = min(first.get(prompts[ref], places[ref]), places[ref])
            settles[ref][decision.procedure] = None
            weights[prompts[ref]] = weights.get(prompts[ref], 0.0) + 1 / len(decision.missing)

    def place(ref: FactRef) -> tuple[float, tuple[int, int], str, tuple[int, int]]:
        prompt = prompts[ref]
        return (-round(weights[prompt], 6), first[prompt], prompt, places[ref])

    return tuple(
        Question(ref, label_of(pack, ref), tuple(settles[ref])) for ref in sorted(settles, key=place)
    )
