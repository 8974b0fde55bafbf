"""Invented people and facts for the sheets of these tests."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from madoguchi.papers.definition_file import read_sheet
from madoguchi.papers.definitions import SheetDefinition
from madoguchi.papers.facts import Address, FactsForSheet, FactValue, KnownValue, Name
from madoguchi.residents.protection import Audience

SHEETS = Path(__file__).parents[2] / "data" / "sheets"
ISSUED_AT = datetime(2026, 11, 9, 10, 0, tzinfo=timezone(timedelta(hours=9)))
AS_OF = date(2026, 11, 20)
NEW_ADDRESS = "埼玉県まどか市窓口町二丁目3番地の5"
INSURANCES = (
    ("nhi", "国民健康保険"),
    ("employee_insured", "職場の健康保険（本人）"),
    ("employee_dependent", "職場の健康保険（家族）"),
    ("late_elderly", "後期高齢者医療"),
    ("welfare", "生活保護"),
    ("none", "入っていない"),
)
PENSIONS = (("1", "第1号"), ("2", "第2号"), ("3", "第3号"), ("receiving", "受給中"), ("none", "なし"))
SEXES = (("male", "男"), ("female", "女"))


def known(value: FactValue, *, withheld: bool = False) -> KnownValue:
    """A value from the register."""
    return KnownValue(value, "住民記録", AS_OF, withheld)


def definition(sheet: str) -> SheetDefinition:
    """One of the example sheets."""
    return read_sheet(SHEETS / f"{sheet}.toml")


def household(
    *,
    people: int = 3,
    changed: dict[tuple[str, str], KnownValue | None] | None = None,
    audience: Audience = Audience.SHEET_TO_SELF,
    subject: str | None = "p1",
) -> FactsForSheet:
    """A household that moves in; `changed` replaces facts, None takes one away."""
    facts: dict[tuple[str, str], KnownValue] = {
        ("event.kind", ""): known("move_in"),
        ("event.move_date", ""): known(date(2026, 11, 5)),
        ("event.planned_move_out_date", ""): known(date(2026, 10, 25)),
        ("event.used_special_move_out", ""): known(False),
        ("household.address", ""): known(Address(NEW_ADDRESS, "みどりハイツ2号棟305号室", "3660823")),
        ("household.previous_address", ""): known(
            Address("京都府京都市中京区寺町通御池上る488番地", "山田様方")
        ),
        ("household.head_name", ""): known("窓口 太郎"),
        ("household.head_name_kana", ""): known("マドグチ タロウ"),
        ("notifier.name", ""): known(Name("窓口 太郎", "マドグチ タロウ")),
        ("notifier.phone", ""): known("048-000-0000"),
        ("notifier.kind", ""): known("self"),
        ("case.identity_document", ""): known("運転免許証"),
    }
    for index in range(people):
        person = f"p{index + 1}"
        facts[("person.name", person)] = known(f"窓口 {index + 1}郎")
        facts[("person.name_kana", person)] = known("マドグチ ロウ")
        facts[("person.relationship", person)] = known("世帯主" if index == 0 else "子")
        facts[("person.sex", person)] = known("male")
        facts[("person.birth_date", person)] = known(date(1984 + index, 5, 2))
        facts[("person.has_card", person)] = known(index % 2 == 0)
        facts[("person.health_insurance", person)] = known("employee_insured")
        facts[("person.pension", person)] = known("2")
        facts[("person.income_yen", person)] = known(3_450_000)
    for index in range(60):
        value: FactValue = (
            f"値その{index + 1}",
            date(2026, 11, 5),
            12345 * index,
            True,
            "090-0000-0000",
            "3660823",
        )[index % 6]
        facts[(f"answers.item_{index + 1:02d}", "")] = known(value)
    for key, value_or_none in (changed or {}).items():
        facts.pop(key, None)
        if value_or_none is not None:
            facts[key] = value_or_none
    return FactsForSheet(
        known=facts,
        people=tuple(f"p{index + 1}" for index in range(people)),
        subject=subject,
        audience=audience,
        municipality="まどか市",
        number="A012",
        received_on=date(2026, 11, 9),
        notified_on=date(2026, 11, 9),
        choices={"person.health_insurance": INSURANCES, "person.pension": PENSIONS, "person.sex": SEXES},
    )
