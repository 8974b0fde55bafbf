"""The layers of a pack while they are edited: what is below stays, the city's own layer (the last) is changed.

A city's file holds only what it says otherwise than the layers below; a file that says nothing of its own is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomli

from madoguchi.procedures.editing.toml_text import changed
from madoguchi.procedures.loader import SHARED
from madoguchi.procedures.translations import Language

Layer = Mapping[str, str]
# The key by which the entries of a shared file are told apart.
NAMED_BY = {
    "prompts.toml": "id", "departments.toml": "key", "parameters.toml": "name", "vocabulary.toml": "key",
    "tables.toml": "name",
}  # fmt: skip


def procedure_values(layers: Sequence[Layer], procedure: str) -> dict[str, Any]:
    """What the layers together say about a procedure; empty when there is none."""
    return _merged(layers, f"{procedure}.toml")


def sheet_values(layers: Sequence[Layer], sheet: str) -> dict[str, Any]:
    """A sheet as the last layer that has it says."""
    file = f"sheets/{sheet}.toml"
    found = next((layer[file] for layer in reversed(layers) if file in layer), "")
    return tomli.loads(found)


def entries(layers: Sequence[Layer], file: str) -> dict[str, dict[str, Any]]:
    """The entries of a shared file by their name, later layers laid over earlier ones."""
    found: dict[str, dict[str, Any]] = {}
    for layer in layers:
        for one in tomli.loads(layer.get(file, "")).get(SHARED[file], []):
            name = str(one.get(NAMED_BY[file], ""))
            found[name] = found.get(name, {}) | one
    return found


def with_procedure(layers: Sequence[Layer], procedure: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The last layer, so that the layers together say `values` about the procedure."""
    file = f"{procedure}.toml"
    below = _merged(layers[:-1], file)
    own = {key: value for key, value in values.items() if key not in below or below[key] != value}
    # An overlay cannot take a key away; an empty list says "none" where the layer below says something.
    own |= {key: [] for key, value in below.items() if key not in values and isinstance(value, list)}
    return _with_file(layers[-1], file, own)


def with_sheet(layers: Sequence[Layer], sheet: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The last layer with a sheet of its own; a sheet is taken as a whole."""
    return _with_file(layers[-1], f"sheets/{sheet}.toml", values)


def with_entry(
    layers: Sequence[Layer], file: str, name: str, values: Mapping[str, Any] | None
) -> dict[str, str]:
    """The last layer with an entry of a shared file said otherwise (None: as the layers below say)."""
    key, word = NAMED_BY[file], SHARED[file]
    own = [dict(one) for one in tomli.loads(layers[-1].get(file, "")).get(word, [])]
    below = entries(layers[:-1], file).get(name, {})
    at = next((place for place, one in enumerate(own) if one.get(key) == name), len(own))
    changed_values = {
        part: value for part, value in (values or {}).items() if part not in below or below[part] != value
    }
    own[at : at + 1] = [{key: name, **changed_values}] if values is not None and changed_values else []
    return _with_file(layers[-1], file, {word: own} if own else {})


def with_own_entry(layers: Sequence[Layer], file: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """The last layer with a complete entry of a shared file; one of the same name (and holder) in it is replaced."""
    key, word = NAMED_BY[file], SHARED[file]
    own = [dict(one) for one in tomli.loads(layers[-1].get(file, "")).get(word, [])]
    same = [
        place
        for place, one in enumerate(own)
        if (one.get(key), one.get("holder")) == (entry.get(key), entry.get("holder"))
    ]
    at = same[0] if same else len(own)
    own[at : at + 1] = [dict(entry)]
    return _with_file(layers[-1], file, {word: own})


def without_own_entry(layers: Sequence[Layer], file: str, name: str) -> dict[str, str]:
    """The last layer without its own entries of a name in a shared file."""
    key, word = NAMED_BY[file], SHARED[file]
    own = [dict(one) for one in tomli.loads(layers[-1].get(file, "")).get(word, []) if one.get(key) != name]
    return _with_file(layers[-1], file, {word: own} if own else {})


def own_entries(layers: Sequence[Layer], file: str) -> list[dict[str, Any]]:
    """The entries of a shared file that the last layer says."""
    return list(tomli.loads(layers[-1].get(file, "")).get(SHARED[file], []))


def with_wordings(layers: Sequence[Layer], own: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The last layer with these other words for facts and prompts."""
    return _with_file(layers[-1], "wordings.toml", {"wording": [dict(one) for one in own]} if own else {})


def translations(layers: Sequence[Layer], language: Language) -> dict[str, str]:
    """Japanese → text, as the layers together say."""
    found: dict[str, str] = {}
    for layer in layers:
        said = tomli.loads(layer.get(language.file, "")).get("text", [])
        found |= {one["ja"]: one["text"] for one in said}
    return found


def with_translations(
    layers: Sequence[Layer], language: Language, texts: Mapping[str, str]
) -> dict[str, str]:
    """The last layer with these texts of a language ("": as the layers below say, or none), in the order of the Japanese."""
    below, own = translations(layers[:-1], language), translations(layers[-1:], language)
    own |= texts
    kept = {ja: text for ja, text in sorted(own.items()) if text and below.get(ja) != text}
    said = [{"ja": ja, "text": text} for ja, text in kept.items()]
    return _with_file(layers[-1], language.file, {"text": said} if said else {})


def own_wordings(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """The other words that the last layer says."""
    return list(tomli.loads(layers[-1].get("wordings.toml", "")).get("wording", []))


def _merged(layers: Sequence[Layer], file: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for layer in layers:
        values |= tomli.loads(layer.get(file, ""))
    return values


def _with_file(layer: Layer, file: str, values: Mapping[str, Any]) -> dict[str, str]:
    files = dict(layer)
    if values:
        files[file] = changed(layer.get(file, ""), values)
    else:
        files.pop(file, None)
    return files
