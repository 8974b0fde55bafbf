"""Testing a draft as a whole: every file is read, every worked example comes out as written, what changed is linted.

Also what changes for people: the examples of every procedure that come out otherwise than under the current revision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.court import decide_procedure
from madoguchi.procedures.editing.differences import procedures_that_differ
from madoguchi.procedures.editing.layers import Layer
from madoguchi.procedures.examples import differences
from madoguchi.procedures.lint import lint_procedure
from madoguchi.procedures.loader import PackErrors, load_files
from madoguchi.procedures.packs import Example, Pack, Procedure

# What is wrong with a sheet, as sentences: the room of the sheets says it, which stands above this one.
SheetFaults = Callable[[str, Mapping[str, object]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Report:
    """What a test found: what must be mended (nothing: it passed), and which examples come out otherwise than today."""

    faults: tuple[str, ...]
    changes: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the draft may be published."""
        return not self.faults


def pack_from(layers: Sequence[Layer]) -> Pack:
    """The pack of these layers. Raises PackErrors."""
    return load_files(*({file: text.encode() for file, text in layer.items()} for layer in layers))


def test(base: Sequence[Layer], layers: Sequence[Layer], sheet_faults: SheetFaults) -> Report:
    """Test the layers of a draft against the revision that it began from."""
    try:
        pack = pack_from(layers)
    except PackErrors as refused:
        return Report(tuple(str(error) for error in refused.errors), ())
    faults = [
        f"帳票「{sheet}」: {sentence}"
        for sheet, values in pack.sheets.items()
        for sentence in sheet_faults(sheet, values)
    ]
    differ = frozenset(procedures_that_differ(base, layers))
    for procedure in pack.procedures:
        if procedure.id in differ:
            faults += [
                f"{procedure.name}: {one.message}{one.remedy}" for one in lint_procedure(pack, procedure)
            ]
        else:
            for example in procedure.examples:
                faults += [f"{procedure.name}: {one}" for one in differences(pack, procedure, example)]
    return Report(tuple(faults), outcomes_that_change(pack_from(base), pack))


def outcomes_that_change(before: Pack, after: Pack) -> tuple[str, ...]:
    """Examples of the one pack whose outcome is another one under the other, in sentences."""
    found = []
    for procedure in before.procedures:
        if not after.has_procedure(procedure.id):
            continue
        new = after.procedure(procedure.id)
        for example in procedure.examples:
            if example.situation.event not in new.events:
                continue
            old_statuses, new_statuses = _statuses(before, procedure, example), _statuses(after, new, example)
            for subject, status in old_statuses.items():
                other = new_statuses.get(subject)
                if other is not None and other != status:
                    found.append(
                        f"{new.name}: 例「{example.name}」の {subject} が「{status}」から「{other}」に変わります。"
                    )
    return tuple(found)


def _statuses(pack: Pack, procedure: Procedure, example: Example) -> dict[str, str]:
    decisions = decide_procedure(pack, procedure, example.situation, on=example.on, open_days=OpenDays())
    return {one.subject: one.status.label for one in decisions}
