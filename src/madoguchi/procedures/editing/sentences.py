"""A condition as sentences (条件の文): block by block, indented, in the words of the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from madoguchi.procedures.editing.blocks import (
    COLLECTIONS,
    DAYS,
    OPERATORS,
    Age,
    Block,
    Each,
    FactIs,
    Formula,
    Group,
    blocks_of,
)
from madoguchi.procedures.facts import FactDefinition, Holder
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind

OWNER_WORDS = {"person": "この人", "claimant": "請求者", "household": "世帯", "event": "異動"}
SAID_OPERATORS = {
    "is": "が", "is_not": "が", "has": "に", "has_not": "に", "at_least": "が", "more": "が", "at_most": "が", "less": "が",
}  # fmt: skip
ENDINGS = {
    "is": "である", "is_not": "でない", "has": "が入っている", "has_not": "が入っていない", "at_least": "以上", "more": "より上",
    "at_most": "以下", "less": "より下",
}  # fmt: skip
assert OPERATORS.keys() == ENDINGS.keys()


def holder_of(owner: str) -> Holder:
    """Whose facts an owner has; a variable is a person."""
    return {"household": Holder.HOUSEHOLD, "event": Holder.EVENT}.get(owner, Holder.PERSON)


def sentence_of(source: str, pack: Pack | None = None) -> str:
    """The whole condition in one line."""
    return "".join(_line(blocks_of(source), pack))


def lines_of(source: str, pack: Pack | None = None) -> tuple[tuple[int, str], ...]:
    """The condition line by line, each with how deep it stands."""
    return tuple(_lines(blocks_of(source), pack, 0))


def _lines(block: Block, pack: Pack | None, depth: int) -> Iterator[tuple[int, str]]:
    match block:
        case Group(word, parts, negated):
            yield depth, said_group(word, negated)
            for part in parts:
                yield from _lines(part, pack, depth + 1)
        case Each(word, collection, _, part, negated):
            yield depth, said_each(word, collection, negated)
            yield from _lines(part, pack, depth + 1)
        case _:
            yield depth, "".join(_line(block, pack))


def said_group(word: str, negated: bool) -> str:
    """What stands above the parts of a group."""
    if negated:
        return "次のすべてがそろうことはない" if word == "all" else "次のどれにもあてはまらない"
    return "次のすべてにあてはまる" if word == "all" else "次のどれかにあてはまる"


def said_each(word: str, collection: str, negated: bool) -> str:
    """What stands above the part of an `Each`."""
    who = COLLECTIONS.get(collection, collection)
    if negated:
        return (
            f"{who}のだれにも、次があてはまらない"
            if word == "any"
            else f"{who}の全員には、次があてはまらない"
        )
    return f"{who}のだれかに、次があてはまる" if word == "any" else f"{who}の全員に、次があてはまる"


def _line(block: Block, pack: Pack | None) -> Iterator[str]:
    match block:
        case Formula(source):
            yield "いつでも" if source == "True" else "けっして" if source == "False" else f"式「{source}」"
        case Age():
            yield _said_age(block, pack)
        case FactIs():
            yield _said_fact(block, pack)
        case Group(word, parts, negated):
            joint = "、かつ" if word == "all" else "、または"
            inner = joint.join("".join(_line(part, pack)) for part in parts)
            yield f"「{inner}」ではない" if negated else f"（{inner}）"
        case Each(word, collection, _, part, negated):
            yield f"{said_each(word, collection, negated)}: {''.join(_line(part, pack))}"


def _said_age(block: Age, pack: Pack | None) -> str:
    years = f"{said_value(block.years, None, pack)}歳"
    who, day = OWNER_WORDS.get(block.owner, "その人"), DAYS[block.on]
    if block.until == "fiscal_year":
        return f"{day}が、{who}が{years}になったあとの3月31日まで"
    reached = f"{years}の誕生日" if block.until == "birthday" else f"{years}になる日（誕生日の前日）"
    return f"{day}が、{who}の{reached}{'以後' if block.relation == 'from' else 'より前'}"


def _said_fact(block: FactIs, pack: Pack | None) -> str:
    definition = pack.fact(holder_of(block.owner), block.key) if pack else None
    owner = OWNER_WORDS.get(block.owner, "その人")
    label = (
        "種類"
        if (block.owner, block.key) == ("event", "kind")
        else (definition.label if definition else block.key)
    )
    values = "か".join(f"「{said_value(one, definition, pack)}」" for one in block.values)
    if block.operator == "is" and block.values in (("yes",), ("no",)):
        return f"{owner}の「{label}」が{'はい' if block.values == ('yes',) else 'いいえ'}"
    return f"{owner}の{label}{SAID_OPERATORS[block.operator]}{values}{ENDINGS[block.operator]}"


def said_value(written: str, definition: FactDefinition | None, pack: Pack | None) -> str:
    """A value of a block in words."""
    if written in ("yes", "no"):
        return "はい" if written == "yes" else "いいえ"
    if written.startswith("#"):
        return written[1:]
    if written.startswith("@"):
        known: Mapping[str, object] = pack.parameters if pack else {}
        if written[1:] in known and pack:
            return f"市の設定「{pack.parameters[written[1:]].label}」"
        return f"市の設定「{written[1:]}」"
    if definition is not None:
        return definition.label_of(written)
    kinds = {kind.value: kind.label for kind in EventKind}
    return kinds.get(written, written)
