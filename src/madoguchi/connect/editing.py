"""Editing joined with the rooms above the catalogue: sheets are checked by the room of the sheets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from madoguchi.audit.entries import Actor
from madoguchi.catalogue.drafts import operations
from madoguchi.catalogue.drafts.testing import Report
from madoguchi.papers.definition_file import SheetErrors, parse_sheet


def sheet_faults(sheet: str, values: Mapping[str, object]) -> tuple[str, ...]:
    """What is wrong with a sheet, as sentences."""
    try:
        parse_sheet(values, file=f"sheets/{sheet}.toml")
    except SheetErrors as refused:
        return tuple(str(error) for error in refused.errors)
    return ()


def run_tests(*, draft: int, by: Actor, now: datetime) -> Report:
    """Test a draft with its sheets. Raises DraftError."""
    return operations.run_tests(number=draft, sheet_faults=sheet_faults, by=by, now=now)


def publish(*, draft: int, version: int, by: Actor, now: datetime) -> str:
    """Publish a draft that somebody else wrote; returns the revision. Raises DraftError."""
    return operations.publish_draft(number=draft, version=version, sheet_faults=sheet_faults, by=by, now=now)
