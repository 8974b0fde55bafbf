"""The library club: an invented pack, small enough to read, and ways to build situations and rules in it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.loader import load_files, load_pack, read_folder
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind, PersonFacts, Relation, RelationKind, Situation
from madoguchi.procedures.situation_file import read_situation

FOLDER = Path(__file__).parent / "library_club"
ON = date(2026, 11, 9)
MOVE = date(2026, 11, 5)
OPEN_DAYS = OpenDays()


def club() -> Pack:
    return load_pack(FOLDER)


def files_with(**procedures: str) -> dict[str, bytes]:
    """The club's files without its own procedures, but with the given ones by id (dashes as underscores)."""
    files = {name: content for name, content in read_folder(FOLDER).items() if not name.startswith("club-")}
    return files | {f"{name.replace('_', '-')}.toml": text.encode() for name, text in procedures.items()}


def procedure_text(
    must: str | None,
    *,
    optional: str | None = None,
    per: str = "person",
    events: str = '["move_in"]',
    more: str = "",
) -> str:
    rule = "".join(
        f"{key} = {value!r}\n" if "'" not in value else f'{key} = "{value}"\n'
        for key, value in (("must", must), ("optional", optional))
        if value is not None
    )
    return f"""
id = "rule"
law_id = "L09"
name = "試しの手続き"
summary = "試しです。"
law = "図書クラブ規約 第9条(架空)"
events = {events}
per = "{per}"
department = "library"
{more}
[[rule]]
since = 2000-01-01
{rule}because = "条件に当てはまる方です"
"""


def pack_with(must: str | None, *, optional: str | None = None, per: str = "person") -> Pack:
    return load_files(files_with(rule=procedure_text(must, optional=optional, per=per)))


def situation_of(
    people: list[dict[str, object]],
    *,
    event: Mapping[str, object] | None = None,
    **more: object,
) -> Situation:
    pack = club()
    vocabulary = {(one.holder, one.key): one for one in pack.vocabulary}
    data = {"event": event or {"kind": "move_in", "move_date": MOVE}, "people": people, **more}
    return read_situation(data, vocabulary)


__all__ = [
    "FOLDER",
    "MOVE",
    "ON",
    "OPEN_DAYS",
    "EventKind",
    "PersonFacts",
    "Relation",
    "RelationKind",
    "club",
    "files_with",
    "pack_with",
    "procedure_text",
    "situation_of",
]
