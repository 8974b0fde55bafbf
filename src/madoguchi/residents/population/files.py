"""Writing the register: the import layout as CSV, and the contract's tables as Parquet, block by block."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from madoguchi.residents.population.people import Household, Person

ROW_GROUP = 20_000
HEADINGS = (
    "宛名番号", "氏名", "フリガナ", "旧氏", "通称", "併記名", "生年月日", "性別", "続柄", "世帯番号", "生計番号", "郵便番号", "住所",
    "前住所", "国籍区分", "住民状態", "異動事由", "異動日", "届出日", "健康保険", "年金", "就労", "所得", "マイナンバーカード", "介護度",
    "身体障害者手帳", "療育手帳", "精神障害者保健福祉手帳",
)  # fmt: skip
SEX = {"male": "男", "female": "女"}
NATIONALITY = {
    "jp": "日本", "mid_long": "中長期在留者", "special_permanent": "特別永住者", "landing": "一時庇護許可者・仮滞在許可者",
    "birth_transit": "経過滞在者",
}  # fmt: skip
HEALTH_INSURANCE = {
    "nhi": "国民健康保険", "employee_insured": "職場の保険（本人）", "employee_dependent": "職場の保険（扶養）",
    "late_elderly": "後期高齢者医療", "welfare": "生活保護", "none": "なし",
}  # fmt: skip
PENSION = {
    "1": "第1号",
    "2": "第2号",
    "3": "第3号",
    "voluntary": "任意加入",
    "receiving": "受給中",
    "none": "なし",
}
EMPLOYMENT = {
    "employed": "勤め", "self_employed": "自営", "public_servant": "公務員", "unemployed": "無職", "student": "学生",
    "none": "なし",
}  # fmt: skip
CARE_LEVEL = {
    "none": "なし", "support1": "要支援1", "support2": "要支援2", "care1": "要介護1", "care2": "要介護2", "care3": "要介護3",
    "care4": "要介護4", "care5": "要介護5",
}  # fmt: skip

PEOPLE = pa.schema(
    [
        ("id", pa.string()), ("household_id", pa.string()), ("birth_date", pa.date32()), ("birth_text", pa.string()),
        ("birth_earliest", pa.date32()), ("birth_latest", pa.date32()), ("death_date", pa.date32()), ("sex", pa.string()),
        ("relationship", pa.string()), ("nationality_class", pa.string()), ("health_insurance", pa.string()),
        ("pension", pa.string()), ("employment", pa.string()), ("income_yen", pa.int64()), ("has_card", pa.bool_()),
        ("care_level", pa.string()), ("physical_disability_grade", pa.string()),
        ("intellectual_disability_grade", pa.string()), ("mental_disability_grade", pa.string()),
        ("is_pregnant", pa.bool_()), ("moves", pa.bool_()), ("lives_with_household", pa.bool_()),
    ]
)  # fmt: skip
RELATIONS = pa.schema(
    [("household_id", pa.string()), ("kind", pa.string()), ("of", pa.string()), ("is", pa.string())]
)


def grade(value: str) -> str:
    """The words of a handbook grade."""
    return "なし" if value == "none" else f"{value}級"


def csv_row(home: Household, person: Person) -> tuple[object, ...]:
    """One person in the import layout."""
    notified = person.moved_on + timedelta(days=3) if person.moved_on else None
    return (
        person.resident_no, person.name, person.kana, person.former_surname, person.alias, person.kanji_alongside,
        person.birth_text or person.birth.isoformat(), SEX[person.sex], person.relationship, home.household_no,
        home.livelihood_no, home.postal_code, home.address, person.previous_address, NATIONALITY[person.nationality_class],
        "住民", _reason(person), person.moved_on, notified, HEALTH_INSURANCE[person.health_insurance],
        PENSION[person.pension], EMPLOYMENT[person.employment], person.income_yen, "有" if person.has_card else "無",
        CARE_LEVEL[person.care_level], grade(person.physical),
        "なし" if person.intellectual == "none" else person.intellectual, grade(person.mental),
    )  # fmt: skip


def _reason(person: Person) -> str:
    if person.moved_on == person.birth:
        return "出生"
    return "国内転入" if person.previous_address else "転居"


def people_row(home: Household, person: Person) -> tuple[object, ...]:
    """One person with the contract's keys; what hangs on an event is left unknown."""
    known = not person.birth_text
    return (
        person.resident_no, home.household_no, person.birth if known else None, person.birth_text or None,
        person.birth if known else person.birth_earliest, person.birth if known else person.birth_latest, None, person.sex,
        person.relationship, person.nationality_class, person.health_insurance, person.pension, person.employment,
        person.income_yen, person.has_card, person.care_level, person.physical, person.intellectual, person.mental,
        person.is_pregnant, None, not home.facility,
    )  # fmt: skip


def relation_rows(home: Household) -> Iterable[tuple[str, str, str, str]]:
    """Parents and spouses of a household, by number."""
    for child, parent in home.parents:
        yield home.household_no, "parent", home.people[child].resident_no, home.people[parent].resident_no
    for one, other in home.spouses:
        yield home.household_no, "spouse", home.people[one].resident_no, home.people[other].resident_no
        yield home.household_no, "spouse", home.people[other].resident_no, home.people[one].resident_no


def write_register(
    homes: Iterable[Household], folder: Path, on: date, progress: Callable[[int], None] | None = None
) -> int:
    """Write residents.csv, people.parquet, relations.parquet, protections.csv into a folder; returns how many people."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    stream = iter(homes)
    with (
        (folder / "residents.csv").open("w", encoding="utf-8-sig", newline="") as residents,
        (folder / "protections.csv").open("w", encoding="utf-8-sig", newline="") as protections,
        pq.ParquetWriter(folder / "people.parquet", PEOPLE, compression="zstd") as people,
        pq.ParquetWriter(folder / "relations.parquet", RELATIONS, compression="zstd") as relations,
    ):
        rows, shielded = csv.writer(residents), csv.writer(protections)
        rows.writerow(HEADINGS)
        shielded.writerow(("宛名番号", "開始日", "終了日", "仮"))
        while block := list(islice(stream, ROW_GROUP // 2)):
            pairs = [(home, person) for home in block for person in home.people]
            rows.writerows(csv_row(home, person) for home, person in pairs)
            shielded.writerows(
                (person.resident_no, on.isoformat(), on.replace(year=on.year + 1).isoformat(), "")
                for _, person in pairs
                if person.protected
            )
            people.write_batch(_batch([people_row(home, person) for home, person in pairs], PEOPLE))
            relations.write_batch(_batch([row for home in block for row in relation_rows(home)], RELATIONS))
            written += len(pairs)
            if progress is not None:
                progress(written)
    return written


def _batch(
    rows: list[tuple[object, ...]] | list[tuple[str, str, str, str]], schema: pa.Schema
) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in schema]
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)
