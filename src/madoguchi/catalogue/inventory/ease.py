"""How easily a procedure goes online (オンライン化のしやすさ): points by criterion, four steps, every point explained.

The definition is data (`ease.toml`), ours and not official; a city changes it. The same features under the same definition
give the same step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import tomli

SHIPPED = Path(__file__).with_name("ease.toml")
LAST = "last"
STEPS = 4
MOST_POINTS = 99
MOST_DAYS = 999


class Criterion(Enum):
    """What is looked at."""

    LAW = "law"
    IDENTITY = "identity"
    FEE = "fee"
    ATTACHMENTS = "attachments"
    ORIGINALS = "originals"
    VOLUME = "volume"


# What each criterion can be, in words; the order is that of the screen.
OPTIONS: Mapping[Criterion, Mapping[str, str]] = {
    Criterion.LAW: {
        "none": "壁はない", "ordinance": "条例・規則を変える", "statute": "法令で決まっている", "unknown": "わからない",
    },
    Criterion.IDENTITY: {
        "none": "要らない", "signature": "署名", "document": "身分証を見せる", "seal": "押印", "certificate": "押印と印鑑証明",
        "other": "そのほか", "unknown": "わからない",
    },
    Criterion.FEE: {"no": "ない", "yes": "ある", "unknown": "わからない"},
    Criterion.ATTACHMENTS: {
        "none": "ない", "held": "市が確かめられる書類だけ", "other": "ほかの書類がある", "unknown": "わからない",
    },
    Criterion.ORIGINALS: {"no": "要らない", "yes": "紙の原本が要る", "unknown": "わからない"},
    Criterion.VOLUME: {
        "thousands": "年1,000件以上", "hundreds": "年100〜999件", "tens": "年10〜99件", "few": "年10件未満",
        "unknown": "わからない",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four steps: points up to which it holds (the last: none), its name, and working days for one procedure."""

    upto: int | None
    label: str
    days: int


@dataclass(frozen=True, slots=True)
class EaseDefinition:
    """The whole definition. `points`: by criterion and option; `LAST` puts the procedure in the last step at once."""

    steps: tuple[Step, ...]
    points: Mapping[Criterion, Mapping[str, int | str]]
    labels: Mapping[Criterion, str]
    why: Mapping[Criterion, str]
    note: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of the explanation."""

    label: str
    found: str
    points: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Ease:
    """The outcome: step 1 to 4, the points, and how they come about (`points` None in a reason: last step at once)."""

    step: int
    label: str
    points: int
    reasons: tuple[Reason, ...]
    unknown: int


class DefinitionRefused(ValueError):
    """A definition that cannot be used, with every fault as a sentence."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


def shipped() -> EaseDefinition:
    """The definition that ships with the product."""
    return definition_from(tomli.loads(SHIPPED.read_text(encoding="utf-8")))


def definition_from(data: Mapping[str, Any]) -> EaseDefinition:
    """Read a definition (the shape of `ease.toml`). Raises DefinitionRefused with every fault."""
    faults: list[str] = []
    steps = _steps(data.get("step", []), faults)
    points: dict[Criterion, Mapping[str, int | str]] = {}
    labels: dict[Criterion, str] = {}
    why: dict[Criterion, str] = {}
    by_key = {str(one.get("key")): one for one in data.get("criterion", [])}
    for criterion in Criterion:
        given = by_key.get(criterion.value, {})
        labels[criterion] = str(given.get("label") or criterion.value)
        why[criterion] = str(given.get("why") or "")
        points[criterion] = _points(criterion, labels[criterion], given.get("points", {}), faults)
    if faults:
        raise DefinitionRefused(faults)
    return EaseDefinition(steps, points, labels, why, str(data.get("note", "")))


def _steps(given: Sequence[Mapping[str, Any]], faults: list[str]) -> tuple[Step, ...]:
    if len(given) != STEPS:
        faults.append(f"段階は{STEPS}つにしてください。")
        return ()
    steps = []
    for number, one in enumerate(given, start=1):
        upto, days = one.get("upto"), one.get("days")
        last = number == STEPS
        if not last and not _whole(upto, 0, MOST_POINTS):
            faults.append(f"段階{number}の点は0〜{MOST_POINTS}の整数で入れてください。")
            upto = 0
        if not _whole(days, 1, MOST_DAYS):
            faults.append(f"段階{number}の日数は1〜{MOST_DAYS}の整数で入れてください。")
            days = 1
        label = str(one.get("label", "")).strip()
        if not label:
            faults.append(f"段階{number}の名前を入れてください。")
        steps.append(Step(None if last else upto, label, days or 1))
    bounds = [one.upto for one in steps[:-1] if one.upto is not None]
    if bounds != sorted(set(bounds)):
        faults.append("段階の点は、1から順に大きくしてください。")
    return tuple(steps)


def _points(
    criterion: Criterion, label: str, given: Mapping[str, Any], faults: list[str]
) -> dict[str, int | str]:
    points: dict[str, int | str] = {}
    for option, words in OPTIONS[criterion].items():
        value = given.get(option)
        if isinstance(value, int | str) and (value == LAST or _whole(value, 0, MOST_POINTS)):
            points[option] = value
        else:
            faults.append(f"「{label}」の「{words}」は0〜{MOST_POINTS}の整数か、最後の段階にしてください。")
    return points


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def definition_as_data(definition: EaseDefinition) -> dict[str, Any]:
    """The definition in the shape that `definition_from` reads."""
    return {
        "note": definition.note,
        "step": [
            {"label": one.label, "days": one.days} | ({} if one.upto is None else {"upto": one.upto})
            for one in definition.steps
        ],
        "criterion": [
            {
                "key": criterion.value,
                "label": definition.labels[criterion],
                "why": definition.why[criterion],
                "points": dict(definition.points[criterion]),
            }
            for criterion in Criterion
        ],
    }


def volume_option(volume: int | None) -> str:
    """Which option a yearly number is."""
    if volume is None:
        return "unknown"
    return (
        "thousands" if volume >= 1000 else "hundreds" if volume >= 100 else "tens" if volume >= 10 else "few"
    )


def score(definition: EaseDefinition, features: Mapping[Criterion, str]) -> Ease:
    """Put a procedure in its step; an option that is not given, or not known, counts as わからない."""
    total, unknown, last = 0, 0, False
    reasons = []
    for criterion in Criterion:
        options = OPTIONS[criterion]
        option = features.get(criterion, "unknown")
        option = option if option in options else "unknown"
        points = definition.points[criterion][option]
        unknown += option == "unknown"
        if isinstance(points, int):
            total += points
        else:
            last = True
        reasons.append(
            Reason(
                definition.labels[criterion],
                options[option],
                points if isinstance(points, int) else None,
                definition.why[criterion],
            )
        )
    step = STEPS if last else _step(definition, total)
    return Ease(step, definition.steps[step - 1].label, total, tuple(reasons), unknown)


def _step(definition: EaseDefinition, total: int) -> int:
    for number, one in enumerate(definition.steps, start=1):
        if one.upto is not None and total <= one.upto:
            return number
    return STEPS
