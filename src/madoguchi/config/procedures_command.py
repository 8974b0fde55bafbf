"""`madoguchi procedures`: the catalogue of procedures and its sheets (手続台帳と様式), looked at and checked together."""

from collections.abc import Sequence

from madoguchi.papers.lint import lint_sheets
from madoguchi.procedures.commands import procedures


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of lint, list and show; returns the exit code."""
    return procedures.main(argv, lint_sheets=lint_sheets)
