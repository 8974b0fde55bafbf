"""What each column of the donation management's file is (寄附データの対応表): a TOML file per system, as for the register."""

from __future__ import annotations

from pathlib import Path

from madoguchi.residents.importing.mapping import CellType, FileKind, FileMapping, load_mapping

GIFTS = FileKind(
    fields={
        "number": CellType.TEXT,
        "given_on": CellType.DAY,
        "yen": CellType.NUMBER,
        "name": CellType.NAME,
        "kana": CellType.KANA,
        "postal_code": CellType.TEXT,
        "address": CellType.TEXT,
        "birth": CellType.DAY,
        "sex": CellType.CODE,
        "state": CellType.CODE,
    },
    required=("number", "given_on", "yen", "name", "address"),
    folder=Path(__file__).resolve().parent / "mappings",
)
OWN_MAPPINGS = ("standard",)


def gift_mapping(name: str) -> FileMapping:
    """A mapping by its name, or by the place of a .toml file. Raises MappingError with all faults."""
    return load_mapping(name, GIFTS)
