"""Load a pack (台帳の読み込み): folders of TOML become one checked, immutable `Pack`, or every fault at once.

1. Each folder's files are read; a later folder overlays an earlier one (a city's own on the national pack).
2. Vocabulary, prompts, wordings, departments and parameters are read, then the procedures with their expressions.
3. Everything that does not fit is collected with file, line, key and remedy; any fault refuses the
   whole pack.
4. The revision is a hash of the merged content, the same however the files are spaced or ordered.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from madoguchi.procedures.packs import Pack, Procedure
from madoguchi.procedures.procedure_file import Surroundings, read_procedure
from madoguchi.procedures.tables import PackError, Source, Table, read_source
from madoguchi.procedures.translations import FOLDER as TEXTS
from madoguchi.procedures.translations import read_translations
from madoguchi.procedures.vocabulary import (
    read_dated_tables,
    read_departments,
    read_facts,
    read_parameters,
    read_prompts,
)
from madoguchi.procedures.wordings import read_wordings

Files = Mapping[str, bytes]
SHARED: Mapping[str, str] = {
    "vocabulary.toml": "fact",
    "prompts.toml": "prompt",
    "departments.toml": "department",
    "parameters.toml": "parameter",
    "wordings.toml": "wording",
    "tables.toml": "table",
}
PACK_FILE = "pack.toml"
_REVISION_DIGITS = 12
_KEPT = 8
NATIONAL_FOLDER = Path(__file__).parent / "packs" / "national"


class PackErrors(ValueError):
    """A pack that cannot be used, with every fault found in it."""

    def __init__(self, errors: list[PackError]) -> None:
        self.errors = errors
        super().__init__(
            f"台帳に{len(errors)}件の誤りがあります。" + " / ".join(str(error) for error in errors[:5])
        )


def load_pack(*folders: Path) -> Pack:
    """Return the pack of these folders, later ones laid over earlier ones; raises PackErrors."""
    missing = [
        PackError(str(folder), 0, "", "台帳のフォルダーがありません。", "場所を確かめてください。")
        for folder in folders
        if not folder.is_dir()
    ]
    if missing:
        raise PackErrors(missing)
    return load_files(*(read_folder(folder) for folder in folders))


@lru_cache(maxsize=1)
def national_pack() -> Pack:
    """Return the pack that ships with the product."""
    return load_pack(NATIONAL_FOLDER)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the TOML files of a pack's folder, of its `sheets` and its `texts`, by their path inside the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(
            [*folder.glob("*.toml"), *folder.glob("sheets/*.toml"), *folder.glob(f"{TEXTS}*.toml")]
        )
    }


def load_files(*layers: Files) -> Pack:
    """Return the pack of these files (path to content), later layers laid over earlier ones.

    The same files give the same immutable pack, read once. Raises PackErrors.
    """
    return _loaded(tuple(tuple(layer.items()) for layer in layers))


@lru_cache(maxsize=_KEPT)
def _loaded(layers: tuple[tuple[tuple[str, bytes], ...], ...]) -> Pack:
    errors: list[PackError] = []
    sources = [_sources(dict(layer), errors) for layer in layers]
    pack = _Assembly(sources, errors).pack()
    if errors:
        raise PackErrors(sorted(errors, key=lambda error: (error.file, error.line)))
    return pack


def _sources(layer: Files, errors: list[PackError]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for file, content in layer.items():
        source = read_source(file, content)
        if isinstance(source, PackError):
            errors.append(source)
        else:
            sources[file] = source
    return sources


class _Assembly:
    """The layers of one pack being put together."""

    def __init__(self, layers: list[dict[str, Source]], errors: list[PackError]) -> None:
        self.layers = layers
        self.errors = errors

    def pack(self) -> Pack:
        prompts = read_prompts(self._entries("prompts.toml"))
        facts = read_facts(self._entries("vocabulary.toml"), prompts)
        departments = read_departments(self._entries("departments.toml"))
        parameters = read_parameters(self._entries("parameters.toml"))
        tables = read_dated_tables(self._entries("tables.toml"))
        sheets = {
            Path(file).stem: source.values
            for layer in self.layers
            for file, source in layer.items()
            if file.startswith("sheets/")
        }
        around = Surroundings(facts, parameters, tables, frozenset(departments), frozenset(sheets))
        procedures = tuple(read_procedure(table, around) for table in self._procedures())
        self._check_identities(procedures)
        names = self._pack_names()
        return Pack(
            id=names.get("id", "pack"),
            name=names.get("name", "手続台帳"),
            revision=self._revision(),
            procedures=procedures,
            vocabulary=tuple(facts.values()),
            parameters=parameters,
            departments=departments,
            sheets=sheets,
            prompts=prompts,
            tables=tables,
            wordings=read_wordings(self._entries("wordings.toml"), facts, prompts),
            translations=read_translations(self._texts()),
        )

    def _texts(self) -> dict[str, list[Table]]:
        """Return the tables of each language's file, layer by layer."""
        found: dict[str, list[Table]] = {}
        for layer in self.layers:
            for file, source in layer.items():
                if file.startswith(TEXTS):
                    found.setdefault(file, []).append(Table(source.values, {"": source}, (), self.errors))
        return found

    def _entries(self, file: str) -> Iterator[Table]:
        name = SHARED[file]
        for layer in self.layers:
            if file in layer:
                table = Table(layer[file].values, {"": layer[file]}, (), self.errors)
                table.only((name,))
                yield from table.tables(name)

    def _procedures(self) -> list[Table]:
        """Return one table per procedure file, a later layer's keys laid over the earlier ones."""
        merged: dict[str, tuple[dict[str, Any], dict[str, Source]]] = {}
        for layer in self.layers:
            for file, source in layer.items():
                if file in SHARED or file == PACK_FILE or "/" in file:
                    continue
                values, places = merged.setdefault(file, ({}, {"": source}))
                values.update(source.values)
                places.update(dict.fromkeys(source.values, source))
        tables = [Table(values, places, (), self.errors) for _, (values, places) in sorted(merged.items())]
        return sorted(
            tables, key=lambda table: (str(table.values.get("law_id", "")), str(table.values.get("id", "")))
        )

    def _check_identities(self, procedures: tuple[Procedure, ...]) -> None:
        seen: dict[str, str] = {}
        for procedure in procedures:
            if procedure.id and Path(procedure.file).stem != procedure.id:
                message = f"id「{procedure.id}」とファイル名が違います。"
                self.errors.append(
                    PackError(procedure.file, 1, "id", message, f"{procedure.id}.toml にしてください。")
                )
            if procedure.id in seen:
                message = f"id「{procedure.id}」は {seen[procedure.id]} でも使われています。"
                self.errors.append(PackError(procedure.file, 1, "id", message, "別の id にしてください。"))
            seen[procedure.id] = procedure.file

    def _pack_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for layer in self.layers:
            if PACK_FILE in layer:
                table = Table(layer[PACK_FILE].values, {"": layer[PACK_FILE]}, (), self.errors)
                table.only(("id", "name"))
                names |= {key: table.text(key) for key in table.values}
        return names

    def _revision(self) -> str:
        content: dict[str, Any] = {}
        for place, layer in enumerate(self.layers):
            for file, source in layer.items():
                content[f"{place}/{file}"] = source.values
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=_plain)
        return hashlib.sha256(canonical.encode()).hexdigest()[:_REVISION_DIGITS]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
