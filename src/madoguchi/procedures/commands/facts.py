"""`madoguchi facts`: the vocabulary (用語表) that situations and rules are written in."""

import sys
from collections.abc import Sequence

from madoguchi.procedures.commands.common import (
    DONE,
    add_pack_option,
    pack_of,
    parser_for,
    print_json,
    run,
)
from madoguchi.procedures.facts import FactDefinition, FactType


def main(argv: Sequence[str] | None = None) -> int:
    """Print the vocabulary; returns the exit code."""
    return run(_main, argv)


def _main(argv: Sequence[str] | None) -> int:
    parser = parser_for("facts", "判定に使う事実の用語表を出します。", "madoguchi facts --json")
    parser.add_argument("--json", action="store_true", help="JSON で出す")
    add_pack_option(parser)
    arguments = parser.parse_args(argv)
    pack = pack_of(arguments)
    if arguments.json:
        print_json([as_json(definition) for definition in pack.vocabulary])
        return DONE
    for definition in pack.vocabulary:
        codes = "、".join(f"{choice.code}={choice.label}" for choice in definition.choices)
        print(
            f"{definition.holder.value}.{definition.key}\t{definition.label}\t"
            f"{definition.type.value}{f'({definition.unit})' if definition.unit else ''}\t{codes}"
        )
    return DONE


def as_json(definition: FactDefinition) -> dict[str, object]:
    """Return one fact as the outside contract shows it."""
    return {
        "key": definition.key,
        "holder": definition.holder.value,
        "type": definition.type.value,
        "values": values_of(definition),
        "value_labels": {choice.code: choice.label for choice in definition.choices},
        "label": definition.label,
        "question": definition.question,
        "why": definition.why,
        "prompt": definition.prompt,
        "unit": definition.unit,
        "source": definition.source,
        "statute": definition.statute,
    }


def values_of(definition: FactDefinition) -> list[str | bool]:
    """Every value a fact can have, where they can be listed; "has none" first where there is one."""
    if definition.type is FactType.BOOLEAN:
        return [False, True]
    return [choice.code for choice in definition.choices]


if __name__ == "__main__":
    sys.exit(main())
