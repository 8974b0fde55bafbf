"""What comes from outside is read within bounds, and every reader of it is in the table that the proof `fuzzing` tries."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module

from tests.house.tree import SOURCE, files, name_of, syntax
from tests.parsers.table import PARSERS

# What is read there was written by this product, or has been read within bounds before.
OURS = {
    "catalogue/inventory/ease.py", "catalogue/inventory/national.py", "channels/api/described.py", "config/line_cut/package.py",
    "notation/reading.py", "papers/review/knowledge.py", "procedures/bulk/writing.py", "procedures/editing/differences.py",
    "procedures/editing/layers.py", "procedures/editing/toml_text.py", "procedures/editing/trying.py",
}  # fmt: skip
# Read within bounds, and not in the table: what ships with the product.
SHIPPED = {"booking/waits/parameters.py"}


def _calls(names: set[str]) -> Iterator[tuple[str, str]]:
    last = {one.rpartition(".")[2] for one in names}
    for path in files(".py", under=SOURCE):
        place = name_of(path).removeprefix("src/madoguchi/")
        if "/twins/" in place:
            continue
        for node in ast.walk(syntax(path)):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in last and ast.unparse(node.func) in names:
                yield place, f"{place}:{node.lineno}"


def test_json_and_toml_from_outside_are_read_within_bounds() -> None:
    found = dict(
        _calls({"json.loads", "json.load", "tomli.loads", "tomli.load", "tomllib.loads", "tomllib.load"})
    )
    assert set(found) - OURS == set(), "use madoguchi.notation.reading, or say in OURS that it is ours"
    assert OURS - set(found) == set()


def test_every_reader_of_json_and_toml_is_tried() -> None:
    tried = {
        f"{module.removeprefix('madoguchi.').replace('.', '/')}.py"
        for one in PARSERS
        for module in one.modules()
    }
    reading = {place for place, _line in _calls({"json_of", "toml_of"})}
    assert reading - tried - OURS - SHIPPED == set(), "add it to tests/parsers/table.py"


def test_the_table_names_what_is_there() -> None:
    for parser in PARSERS:
        assert all(issubclass(one, Exception) for one in parser.errors())
        for place in parser.functions:
            module, _, name = place.partition(":")
            assert not name or hasattr(import_module(module), name), place
    assert len({one.name for one in PARSERS}) == len(PARSERS)
