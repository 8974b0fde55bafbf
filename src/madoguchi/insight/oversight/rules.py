"""The rules by which readings are shown to the supervisor (気になる閲覧の決まり), read from a file."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import tomli

from madoguchi.notation.reading import toml_of

SHIPPED = Path(__file__).with_name("rules.toml")


class RulesUnreadable(ValueError):
    """The file of rules cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class OversightRules:
    """What is looked for (気になる閲覧の決まり). Counts are of one member of staff; 0 switches such a rule off."""

    days: int
    most_without_case: int
    most_days_again: int
    from_hour: int
    to_hour: int
    own: bool
    household: bool
    neighbour: bool
    surname: bool


def read_rules(path: Path = SHIPPED) -> OversightRules:
    """The rules of a file. Raises RulesUnreadable with what to mend."""
    try:
        said = toml_of(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise RulesUnreadable(
            f"気になる閲覧の決まり（{path.name}）を読めません。TOMLの書き方を確かめてください。"
        ) from error
    kinds = {one.name: {"int": int, "bool": bool}[str(one.type)] for one in fields(OversightRules)}
    wrong = [name for name, kind in kinds.items() if type(said.get(name)) is not kind]
    strange = sorted(said.keys() - kinds.keys())
    if wrong or strange:
        raise RulesUnreadable(
            f"気になる閲覧の決まり（{path.name}）に、足りないか、型のちがう項目（{'、'.join(wrong) or 'なし'}）、"
            f"知らない項目（{'、'.join(strange) or 'なし'}）があります。"
        )
    found = OversightRules(**said)
    if found.days < 1 or not 0 <= found.from_hour < found.to_hour <= 24:
        raise RulesUnreadable(f"気になる閲覧の決まり（{path.name}）の日数か時刻が正しくありません。")
    return found
