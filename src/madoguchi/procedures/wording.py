"""Labels and asking order of facts (項目の名前と聞く順), taken from the vocabulary of a pack."""

from functools import lru_cache

from madoguchi.procedures.facts import (
    CLAIMANT,
    EVENT_SUBJECT,
    HOUSEHOLD_SUBJECT,
    NOTIFIED_ON,
    FactDefinition,
    FactRef,
    FactType,
    Holder,
)
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import Situation

_CLAIMANT_DEFINITION = FactDefinition(
    key=CLAIMANT,
    holder=Holder.HOUSEHOLD,
    type=FactType.PERSON,
    choices=(),
    label="請求者",
    question="手当などを請求する方はどなたですか",
    why="請求する方によって、必要な手続きが変わります",
    prompt=CLAIMANT,
    source="madoguchi",
    statute="",
)
_NOTIFIED_ON_DEFINITION = FactDefinition(
    key=NOTIFIED_ON,
    holder=Holder.EVENT,
    type=FactType.DATE,
    choices=(),
    label="届出日",
    question="届出の日はいつですか",
    why="期限を計算します",
    prompt=NOTIFIED_ON,
    source="madoguchi",
    statute="",
)
_BUILT_IN = {
    (Holder.HOUSEHOLD, CLAIMANT): _CLAIMANT_DEFINITION,
    (Holder.EVENT, NOTIFIED_ON): _NOTIFIED_ON_DEFINITION,
}


def holder_of(ref: FactRef) -> Holder:
    """Return what kind of subject a fact is asked about."""
    if ref.subject == EVENT_SUBJECT:
        return Holder.EVENT
    return Holder.HOUSEHOLD if ref.subject == HOUSEHOLD_SUBJECT else Holder.PERSON


def definition_of(pack: Pack, ref: FactRef) -> FactDefinition:
    """Return the definition of an asked fact; the claimant and the day of the notice are built in.

    Raises KeyError for a fact that the pack does not define.
    """
    holder = holder_of(ref)
    definition = pack.fact(holder, ref.key) or _BUILT_IN.get((holder, ref.key))
    if definition is None:
        raise KeyError(f"「{holder.value}.{ref.key}」という項目は用語表にありません。")
    return definition


def label_of(pack: Pack, ref: FactRef) -> str:
    """Return what a fact is called on a screen."""
    return definition_of(pack, ref).label


@lru_cache(maxsize=64)
def _places(pack: Pack) -> dict[tuple[Holder, str], int]:
    """Return the asking place of each fact: prompts by their order, then the vocabulary's order."""
    last = max((prompt.order for prompt in pack.prompts.values()), default=0) + 1

    def key(item: tuple[int, FactDefinition]) -> tuple[int, int]:
        place, definition = item
        prompt = pack.prompts.get(definition.prompt)
        return (last if prompt is None else prompt.order, place)

    built_in = [definition for fact, definition in _BUILT_IN.items() if pack.fact(*fact) is None]
    ordered = sorted(enumerate([*built_in, *pack.vocabulary]), key=key)
    return {(definition.holder, definition.key): place for place, (_, definition) in enumerate(ordered)}


def place_of(pack: Pack, ref: FactRef) -> int:
    """Return the asking place of a fact in the pack."""
    return _places(pack)[(holder_of(ref), ref.key)]


def order_of(pack: Pack, situation: Situation, ref: FactRef) -> tuple[int, int]:
    """Return a sort key: the fact's asking place, then the person's place in the household."""
    person = next((at for at, one in enumerate(situation.people) if one.id == ref.subject), -1)
    return (place_of(pack, ref), person)
