"""Checks the sheets of a pack (様式の検査), each file by itself, with the line of every mistake."""

from collections.abc import Sequence
from pathlib import Path

from madoguchi.papers.definition_file import SheetErrors, read_sheet
from madoguchi.procedures.lint import Finding


def lint_sheets(folders: Sequence[Path]) -> tuple[Finding, ...]:
    """Return everything to mend in the sheets of these pack folders, file by file."""
    return tuple(
        finding
        for folder in folders
        for path in sorted(folder.glob("sheets/*.toml"))
        for finding in _of_file(path)
    )


def _of_file(path: Path) -> tuple[Finding, ...]:
    try:
        read_sheet(path)
    except SheetErrors as found:
        return tuple(
            Finding(f"sheets/{error.file}:{error.line} {error.key}", error.message, error.remedy)
            for error in found.errors
        )
    return ()
