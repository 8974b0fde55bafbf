"""Staff as a clerk keeps them in Excel (職員名簿の CSV): every row is read, every fault named by row and column.

UTF-8 (with or without BOM) or CP932, comma or tab. Headings in Japanese; their order does not matter.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from madoguchi.city.authority import OUTSIDE_ALONE, ROLE_NAMES, Authority, Role, authorities_of, mixed
from madoguchi.city.plan import BranchPlan, StaffPlan

HEADINGS = {
    "職員番号": "number", "氏名": "name", "課": "department", "庁舎": "branch", "席": "desk", "役割": "roles",
}  # fmt: skip
REQUIRED = ("職員番号", "氏名", "課", "庁舎", "役割")
TITLES = {key: heading for heading, key in HEADINGS.items()}
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
NUMBER = re.compile(r"[A-Za-z0-9_.-]{1,40}")
BETWEEN_ROLES = re.compile(r"[・、,，/／;；\s]+")
ROLES = {name: role for role in Role for name in (role.value, ROLE_NAMES[role])}
LARGEST_FILE = 10_000_000
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One row as it was written: where it stands, and its cells by key."""

    where: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Places:
    """Departments and branches of the same plan, by key and by name."""

    departments: Mapping[str, str]
    branches: Mapping[str, BranchPlan]


def read_staff_file(path: Path) -> tuple[list[StaffRow], list[str]]:
    """The rows of a CSV and what is wrong with the file itself."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return [], [f"職員名簿 {path.name} を読めません（{error.strerror}）。場所と権限を確かめてください。"]
    if len(content) > LARGEST_FILE:
        return [], [f"職員名簿 {path.name} が大きすぎます（10MBまで）。"]
    text, row = _decoded(content)
    if text is None:
        return [], [
            f"{path.name} {row}行目: UTF-8 でもシフトJIS（CP932）でもない文字があります。保存し直してください。"
        ]
    lines = text.splitlines()
    delimiter = "\t" if lines and "\t" in lines[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            rows.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error:
        return [], [f'{path.name} {reader.line_num}行目: CSV として読めません。「"」の数を確かめてください。']
    return _rows(path.name, rows)


def _decoded(content: bytes) -> tuple[str | None, int]:
    """The text, or None and the row at which the encoding that came furthest stopped."""
    furthest = 0
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding), 0
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
    return None, content[:furthest].count(b"\n") + 1


def _rows(name: str, rows: Sequence[tuple[int, list[str]]]) -> tuple[list[StaffRow], list[str]]:
    if not rows:
        return [], [f"職員名簿 {name} が空です。1行目に見出し（{'、'.join(HEADINGS)}）を書いてください。"]
    headings = [unicodedata.normalize("NFKC", cell).replace(" ", "") for cell in rows[0][1]]
    faults = [f"{name} 1行目: 見出し「{one}」がありません。" for one in REQUIRED if one not in headings]
    faults += [
        f"{name} 1行目「{one}」: この見出しは使えません。使えるのは {'、'.join(HEADINGS)} です。"
        for one in dict.fromkeys(headings)
        if one and one not in HEADINGS
    ]
    faults += [
        f"{name} 1行目「{one}」: 同じ見出しが2回あります。" for one in HEADINGS if headings.count(one) > 1
    ]
    if faults:
        return [], faults
    found = []
    for line, cells in rows[1:]:
        if not any(cells):
            continue
        if len(cells) > len(headings) and any(cells[len(headings) :]):
            faults.append(f"{name} {line}行目: 見出しより列が多くあります。")
        pairs = zip(headings, cells, strict=False)
        found.append(
            StaffRow(f"{name} {line}行目", {HEADINGS[key]: cell for key, cell in pairs if key in HEADINGS})
        )
    return found, faults


def staff_of(rows: Sequence[StaffRow], *, places: Places) -> tuple[tuple[StaffPlan, ...], list[str]]:
    """The staff of these rows, with every fault by row and column."""
    faults: list[str] = []
    found: dict[str, str] = {}
    staff = []
    for row in rows:
        one = _one(row, places, faults)
        if one.number in found:
            faults.append(
                f"{row.where}「職員番号」: {one.number} は {found[one.number]}にもあります。ひとつにしてください。"
            )
        elif one.number:
            found[one.number] = row.where
            staff.append(one)
    return tuple(staff), faults


def _one(row: StaffRow, places: Places, faults: list[str]) -> StaffPlan:
    def fault(key: str, text: str) -> None:
        faults.append(f"{row.where}「{TITLES[key]}」: {text}")

    def cell(key: str) -> str:
        return row.cells.get(key, "").strip()

    number, name = unicodedata.normalize("NFKC", cell("number")), cell("name")
    if not NUMBER.fullmatch(number):
        fault("number", "半角の英数字1〜40字で書いてください。")
        number = ""
    if not 0 < len(name) <= LONGEST_NAME:
        fault("name", f"1〜{LONGEST_NAME}字で書いてください。")
    department = places.departments.get(cell("department"))
    if cell("department") and department is None:
        fault("department", f"「{cell('department')}」という課は、設定の [[department]] にありません。")
    branch = places.branches.get(cell("branch"))
    if cell("branch") and branch is None:
        fault("branch", f"「{cell('branch')}」という庁舎は、設定の [[branch]] にありません。")
    unknown_branch = bool(cell("branch")) and branch is None
    desk = None if unknown_branch else _desk(cell("desk"), branch, fault_of=lambda text: fault("desk", text))
    words = [word for word in BETWEEN_ROLES.split(cell("roles")) if word]
    for word in words:
        if word not in ROLES:
            fault(
                "roles",
                f"「{word}」という役割はありません。{'、'.join(ROLE_NAMES.values())} から書いてください。",
            )
    roles = frozenset(ROLES[word] for word in words if word in ROLES)
    held = authorities_of(roles)
    if mixed(roles):
        fault("roles", OUTSIDE_ALONE)
    if held & {Authority.COUNTER, Authority.PREPARE} and not cell("branch"):
        fault("branch", "窓口の役割には庁舎が要ります。受付番号が庁舎ごとだからです。")
    if Authority.DEPARTMENT in held and not cell("department"):
        fault("department", "「課の担当」には課が要ります。")
    return StaffPlan(number, name, department, branch.key if branch else None, desk, roles)


def _desk(text: str, branch: BranchPlan | None, *, fault_of: Callable[[str], None]) -> str | None:
    """The key of a desk written by key or name; every branch has desks of its own."""
    if not text:
        return None
    if branch is None:
        fault_of("席を書くときは、庁舎も書いてください。")
        return None
    for key, name in branch.desks.items():
        if text in (key, name):
            return key
    fault_of(f"「{text}」という席は、{branch.name}にありません。")
    return None
