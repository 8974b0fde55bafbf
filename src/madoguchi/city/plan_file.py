"""The file that describes a city (市の設定ファイル, TOML): read whole, with every fault, or not at all.

The city itself, its branches with their desks, its departments with the duties of the catalogue, its days, and its
staff: each table is read by itself, what does not fit is collected, and at the end any fault refuses the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomli

from madoguchi.city.plan import (
    WEEKDAYS,
    BranchPlan,
    CityPlan,
    CityProfile,
    DayPlan,
    DepartmentPlan,
    StaffPlan,
)
from madoguchi.city.staff_rows import KEY, Places, StaffRow, read_staff_file, staff_of
from madoguchi.jp.check_digits import municipality_code_check_digit, valid_municipality_code
from madoguchi.jp.municipalities import municipality_by_code
from madoguchi.jp.open_days import WEEKEND
from madoguchi.notation.reading import toml_of
from madoguchi.procedures.packs import Pack

CODE_WITHOUT_CHECK = 5
LONGEST_NAME = 40
KNOWN = {
    "": ("city", "branch", "department", "calendar", "staff", "staff_file"),
    "city": ("code", "prefecture", "name", "mayor_title"),
    "branch": ("key", "name", "letter", "desks"),
    "department": ("key", "name", "duties"),
    "calendar": ("weekly_closed", "day"),
    "calendar.day": ("day", "open", "note"),
    "staff": ("number", "name", "department", "branch", "desk", "roles"),
}


class PlanRefused(ValueError):
    """A file that does not describe a city; carries every fault, each one sentence."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"市の設定に {len(self.faults)} 件の誤りがあるため、何も設定していません。")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the catalogue of procedures asks of a city: names of all duties by key, and those that procedures use."""

    duties: Mapping[str, str]
    needed: frozenset[str]


def asked_by(pack: Pack) -> Catalogue:
    """What these procedures ask of the city that uses them."""
    return Catalogue(
        duties={key: one.name for key, one in pack.departments.items()},
        needed=frozenset(one.department for one in pack.procedures),
    )


@dataclass(slots=True)
class _Reading:
    """The faults found so far."""

    faults: list[str] = field(default_factory=list)

    def fault(self, where: str, text: str) -> None:
        self.faults.append(f"「{where}」: {text}")

    def text(self, table: Mapping[str, Any], key: str, where: str, *, longest: int = LONGEST_NAME) -> str:
        found = table.get(key)
        if isinstance(found, str) and 0 < len(found.strip()) <= longest:
            return found.strip()
        self.fault(f"{where}.{key}", f'1〜{longest}字の文字を「"」で囲んで書いてください。')
        return ""

    def key(self, table: Mapping[str, Any], where: str) -> str:
        found = table.get("key")
        if isinstance(found, str) and KEY.fullmatch(found):
            return found
        self.fault(f"{where}.key", "半角の英小文字・数字・ハイフンで1〜40字の名を書いてください。")
        return ""

    def tables(self, parent: Mapping[str, Any], name: str, where: str) -> list[dict[str, Any]]:
        found = parent.get(name, [])
        if isinstance(found, list) and all(isinstance(one, dict) for one in found):
            for number, one in enumerate(found, 1):
                self.unknown(one, where, f"{where}（{number}番め）")
            return found
        self.fault(where, f"[[{where}]] の形で書いてください。")
        return []

    def unknown(self, table: Mapping[str, Any], kind: str, where: str) -> None:
        for key in table:
            if key not in KNOWN[kind]:
                near = get_close_matches(key, KNOWN[kind], n=1)
                hint = (
                    f"「{near[0]}」のことですか。" if near else f"書けるのは {'、'.join(KNOWN[kind])} です。"
                )
                self.fault(f"{where}.{key}" if where else key, f"この項目はありません。{hint}")

    def once(self, keys: Sequence[str], where: str) -> None:
        for key in sorted({one for one in keys if one and keys.count(one) > 1}):
            self.fault(where, f"「{key}」が2回以上あります。ひとつにしてください。")


def read_plan(path: Path, *, catalogue: Catalogue) -> CityPlan:
    """The city that the file describes; `staff_file` is looked for beside it. Raises PlanRefused with every fault."""
    try:
        document = toml_of(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise PlanRefused(
            [f"{path} を読めません（{error.strerror}）。場所と権限を確かめてください。"]
        ) from error
    except UnicodeDecodeError as error:
        raise PlanRefused([f"{path.name} を UTF-8 で保存し直してください。"]) from error
    except tomli.TOMLDecodeError as error:
        raise PlanRefused(
            [f"{path.name} は TOML として読めません（{error}）。その行の書き方を直してください。"]
        ) from error
    return plan_of(document, folder=path.parent, catalogue=catalogue)


def plan_of(document: Mapping[str, Any], *, folder: Path, catalogue: Catalogue) -> CityPlan:
    """The city of a parsed file. Raises PlanRefused with every fault."""
    reading = _Reading()
    reading.unknown(document, "", "")
    profile = _profile(reading, document)
    branches = _branches(reading, document)
    departments = _departments(reading, document, catalogue)
    weekly, days = _calendar(reading, document)
    places = Places(
        departments={name: one.key for one in departments for name in (one.key, one.name)},
        branches={name: one for one in branches for name in (one.key, one.name)},
    )
    staff = _staff(reading, document, folder, places)
    if reading.faults:
        raise PlanRefused(reading.faults)
    return CityPlan(profile, branches, departments, weekly, days, staff)


def _profile(reading: _Reading, document: Mapping[str, Any]) -> CityProfile:
    table = document.get("city")
    if not isinstance(table, dict):
        reading.fault("city", "[city] に団体コード・都道府県・名前・首長名の表記を書いてください。")
        return CityProfile("", "", "", "")
    reading.unknown(table, "city", "city")
    code = table.get("code")
    profile = CityProfile(
        code if isinstance(code, str) else "",
        reading.text(table, "prefecture", "city", longest=10),
        reading.text(table, "name", "city"),
        reading.text(table, "mayor_title", "city"),
    )
    if not valid_municipality_code(profile.code):
        reading.fault("city.code", _code_advice(profile.code))
    elif (known := municipality_by_code(profile.code)) and (known.prefecture, known.name) != (
        profile.prefecture,
        profile.name,
    ):
        reading.fault(
            "city.code",
            f"団体コード {profile.code} は{known.prefecture}{known.name}です。コードか名前を直してください。",
        )
    return profile


def _code_advice(code: str) -> str:
    first = code[:CODE_WITHOUT_CHECK]
    if len(code) == CODE_WITHOUT_CHECK + 1 and code.isascii() and code.isdigit():
        right = f"{first}{municipality_code_check_digit(first)}"
        return f"団体コード {code} の検査数字が合いません（{first} なら {right} です）。"
    return '6けたの団体コード（検査数字まで）を「"」で囲んで書いてください。'


def _branches(reading: _Reading, document: Mapping[str, Any]) -> tuple[BranchPlan, ...]:
    found = []
    for number, table in enumerate(reading.tables(document, "branch", "branch"), 1):
        where = f"branch（{number}番め）"
        key, name = reading.key(table, where), reading.text(table, "name", where)
        letter = table.get("letter")
        if not (isinstance(letter, str) and len(letter) == 1 and letter.isascii() and letter.isupper()):
            reading.fault(f"{where}.letter", "受付番号の頭の字を、半角の英大文字1字で書いてください。")
            letter = ""
        found.append(BranchPlan(key, name, letter, _desks(reading, table, where)))
    if not found:
        reading.fault("branch", "庁舎をひとつ以上、[[branch]] で書いてください。")
    reading.once([one.key for one in found], "branch.key")
    reading.once([one.name for one in found], "branch.name")
    reading.once([one.letter for one in found], "branch.letter")
    return tuple(found)


def _desks(reading: _Reading, table: Mapping[str, Any], where: str) -> dict[str, str]:
    desks = table.get("desks")
    if not isinstance(desks, dict) or not desks:
        reading.fault(
            f"{where}.desks", 'desks = { desk1 = "1番窓口" } のように、席をひとつ以上書いてください。'
        )
        return {}
    for key in desks:
        if not KEY.fullmatch(key):
            reading.fault(f"{where}.desks.{key}", "席の名は半角の英小文字・数字・ハイフンにしてください。")
        reading.text(desks, key, f"{where}.desks")
    reading.once([str(name) for name in desks.values()], f"{where}.desks")
    return {key: str(name) for key, name in desks.items()}


def _departments(
    reading: _Reading, document: Mapping[str, Any], catalogue: Catalogue
) -> tuple[DepartmentPlan, ...]:
    found = []
    for number, table in enumerate(reading.tables(document, "department", "department"), 1):
        where = f"department（{number}番め）"
        key, name = reading.key(table, where), reading.text(table, "name", where)
        duties = table.get("duties", [key])
        if not (isinstance(duties, list) and all(isinstance(one, str) for one in duties)):
            reading.fault(f"{where}.duties", 'duties = ["insurance", "pension"] のように書いてください。')
            duties = []
        for duty in duties:
            if duty and duty not in catalogue.duties:
                near = get_close_matches(duty, catalogue.duties, n=1)
                reading.fault(
                    f"{where}.duties",
                    f"「{duty}」という担当は手続台帳にありません。"
                    + (
                        f"「{near[0]}」のことですか。"
                        if near
                        else "担当のない課なら duties = [] と書いてください。"
                    ),
                )
        found.append(DepartmentPlan(key, name, tuple(duties)))
    reading.once([one.key for one in found], "department.key")
    reading.once([one.name for one in found], "department.name")
    done = [duty for one in found for duty in one.duties]
    reading.once(done, "department.duties")
    for duty in sorted(catalogue.needed - set(done)):
        reading.fault(
            "department",
            f"手続台帳の担当「{duty}」（{catalogue.duties[duty]}）を受け持つ課がありません。"
            f'受け持つ課の duties に "{duty}" を加えてください。',
        )
    return tuple(found)


def _calendar(
    reading: _Reading, document: Mapping[str, Any]
) -> tuple[frozenset[int], tuple[DayPlan, ...] | None]:
    table = document.get("calendar", {})
    if not isinstance(table, dict):
        reading.fault("calendar", "[calendar] の形で書いてください。")
        return WEEKEND, None
    reading.unknown(table, "calendar", "calendar")
    weekly = table.get("weekly_closed", [WEEKDAYS[day] for day in sorted(WEEKEND)])
    if not (
        isinstance(weekly, list)
        and all(isinstance(one, str) and len(one) == 1 and one in WEEKDAYS for one in weekly)
    ):
        reading.fault("calendar.weekly_closed", 'weekly_closed = ["土", "日"] のように曜日を書いてください。')
        weekly = []
    if len(set(weekly)) == len(WEEKDAYS):
        reading.fault("calendar.weekly_closed", "開いている曜日がありません。")
    days = _days(reading, table) if "day" in table else None
    return frozenset(WEEKDAYS.index(one) for one in weekly), days


def _days(reading: _Reading, table: Mapping[str, Any]) -> tuple[DayPlan, ...]:
    found = []
    for number, one in enumerate(reading.tables(table, "day", "calendar.day"), 1):
        where = f"calendar.day（{number}番め）"
        day, is_open, note = one.get("day"), one.get("open"), one.get("note", "")
        if not isinstance(day, date) or isinstance(day, datetime):
            reading.fault(f"{where}.day", '2026-12-29 のように、「"」で囲まずに日を書いてください。')
        elif not isinstance(is_open, bool):
            reading.fault(f"{where}.open", "開ける日は true、閉める日は false と書いてください。")
        else:
            found.append(DayPlan(day, is_open, str(note)[:100]))
    reading.once([one.day.isoformat() for one in found], "calendar.day")
    return tuple(sorted(found, key=lambda one: one.day))


def _staff(
    reading: _Reading, document: Mapping[str, Any], folder: Path, places: Places
) -> tuple[StaffPlan, ...] | None:
    """Staff from the tables of the file and from the CSV that it names; None when it says nothing of staff."""
    if "staff" not in document and "staff_file" not in document:
        return None
    rows = [
        StaffRow(f"staff（{number}番め）", {key: _cell(value) for key, value in table.items()})
        for number, table in enumerate(reading.tables(document, "staff", "staff"), 1)
    ]
    name = document.get("staff_file")
    if isinstance(name, str) and name:
        more, faults = read_staff_file(folder / name)
        rows += more
        reading.faults += faults
    elif name is not None:
        reading.fault("staff_file", 'staff_file = "staff.csv" のように書いてください。')
    staff, faults = staff_of(rows, places=places)
    reading.faults += faults
    return staff


def _cell(value: object) -> str:
    return "・".join(map(str, value)) if isinstance(value, list) else str(value)
