"""Load and check what a pack may speak of (用語表): facts, prompts, departments and parameters."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from madoguchi.procedures.facts import FactChoice, FactDefinition, FactType, Holder
from madoguchi.procedures.language.dated_tables import DatedTable, TableVersion
from madoguchi.procedures.language.faults import nearest
from madoguchi.procedures.language.operators import UNITS
from madoguchi.procedures.packs import Department, Parameter, PromptText
from madoguchi.procedures.tables import Table

_FACT_KEYS = (
    "key",
    "holder",
    "type",
    "choices",
    "label",
    "question",
    "why",
    "prompt",
    "source",
    "statute",
    "unit",
    "asked_from",
)
_PARAMETER_TYPES: dict[str, type] = {"boolean": bool, "number": int, "date": date, "text": str}
_PLACEHOLDERS: dict[str, bool | int | str | date] = {
    "boolean": False,
    "number": 0,
    "text": "",
    "date": date(2000, 1, 1),
}
_CHOICE_TYPES = (FactType.CHOICE, FactType.CHOICES)


def read_facts(
    tables: Iterable[Table], prompts: Mapping[str, PromptText]
) -> dict[tuple[Holder, str], FactDefinition]:
    """Return the facts by holder and key; a later table of the same fact replaces an earlier one."""
    facts: dict[tuple[Holder, str], FactDefinition] = {}
    for table in tables:
        definition = _fact(table)
        if "prompt" in table.values and definition.prompt not in (*prompts, definition.key):
            table.fault(
                "prompt",
                f"「{definition.prompt}」は prompts.toml にありません。",
                nearest(definition.prompt, prompts),
            )
        facts[(definition.holder, definition.key)] = definition
    return facts


def _fact(table: Table) -> FactDefinition:
    table.only(_FACT_KEYS)
    key = table.text("key")
    if key and not key.isidentifier():
        table.fault(
            "key", f"「{key}」は式の中で名前になりません。", "英小文字、数字、_ だけを使ってください。"
        )
    type_ = FactType(table.one_of("type", [kind.value for kind in FactType]))
    unit = table.optional_text("unit")
    if unit is not None and unit not in UNITS:
        table.fault(
            "unit", f"「{unit}」という単位はありません。", f"次のいずれかにしてください: {'、'.join(UNITS)}。"
        )
    return FactDefinition(
        key=key,
        holder=Holder(table.one_of("holder", [holder.value for holder in Holder])),
        type=type_,
        choices=_choices(table, type_),
        label=table.text("label"),
        question=table.text("question"),
        why=table.text("why", default=""),
        prompt=table.text("prompt", default=key),
        source=table.text("source", default=""),
        statute=table.text("statute", default=""),
        unit=unit,
        asked_from=table.optional_text("asked_from"),
    )


def _choices(table: Table, type_: FactType) -> tuple[FactChoice, ...]:
    written = table.values.get("choices", [])
    if not isinstance(written, list) or not all(_is_choice(choice) for choice in written):
        table.fault(
            "choices",
            "選択肢の書き方が正しくありません。",
            'choices = [["コード", "名前"], …] と書いてください。',
        )
        return ()
    if bool(written) is not (type_ in _CHOICE_TYPES):
        table.fault(
            "choices",
            "choices は type が choice か choices の項目にだけ、必ず書きます。",
            "type を確かめてください。",
        )
    codes = [choice[0] for choice in written]
    for code in dict.fromkeys(code for code in codes if codes.count(code) > 1):
        table.fault("choices", f"コード「{code}」が二度あります。", "一つにしてください。", code)
    return tuple(FactChoice(code, label) for code, label in written)


def _is_choice(choice: Any) -> bool:
    return (
        isinstance(choice, list)
        and len(choice) == 2
        and all(isinstance(part, str) and part for part in choice)
    )


def read_prompts(tables: Iterable[Table]) -> dict[str, PromptText]:
    """Return the words of the prompts by id; without `order` they keep the order of the file."""
    prompts: dict[str, PromptText] = {}
    for place, table in enumerate(tables, start=1):
        table.only(("id", "question", "why", "order"))
        prompt = PromptText(
            table.text("id"),
            table.text("question"),
            table.text("why", default=""),
            table.whole_number("order", default=place),
        )
        prompts[prompt.id] = prompt
    return prompts


def read_dated_tables(tables: Iterable[Table]) -> dict[str, DatedTable]:
    """Return the dated tables by name; a later one of the same name replaces the earlier one."""
    found: dict[str, DatedTable] = {}
    for table in tables:
        table.only(("name", "label", "unit", "law", "version"))
        versions = [_version(one) for one in table.tables("version")]
        known = sorted((one for one in versions if one), key=lambda one: one.since)
        for earlier, later in pairwise(known):
            if earlier.until is None or earlier.until >= later.since:
                table.fault(
                    "version",
                    f"{earlier.since}からの版と{later.since}からの版の期間が重なっています。",
                    "前の版に until を書くか、日付を直してください。",
                )
        if not versions:
            table.fault("version", "表に版がありません。", "[[table.version]] を書いてください。")
        name = table.text("name")
        unit = table.optional_text("unit")
        found[name] = DatedTable(name, table.text("label"), unit, table.text("law"), tuple(known))
    return found


def _version(table: Table) -> TableVersion | None:
    table.only(("since", "until", "rows", "beyond", "source"))
    since, rows = table.day("since"), table.values.get("rows")
    if since is None or not isinstance(rows, list) or not rows or any(type(row) is not int for row in rows):
        table.fault(
            "rows", "since と、0人・1人・2人…の順の rows が要ります。", "rows = [690000, 1070000] のように。"
        )
        return None
    beyond = table.whole_number("beyond", default=0)
    if beyond < 0 or sorted(rows) != rows:
        table.fault(
            "rows", "表の数は、行が進むほど同じか大きくなければなりません。", "順番と数を確かめてください。"
        )
    return TableVersion(since, table.day("until"), tuple(rows), beyond)


def read_departments(tables: Iterable[Table]) -> dict[str, Department]:
    """Return the departments by key."""
    departments: dict[str, Department] = {}
    for table in tables:
        table.only(("key", "name"))
        department = Department(table.text("key"), table.text("name"))
        departments[department.key] = department
    return departments


def read_parameters(tables: Iterable[Table]) -> dict[str, Parameter]:
    """Return what the municipality sets, by name; a city's table may give only the name and its value."""
    parameters: dict[str, Parameter] = {}
    for table in tables:
        table.only(("name", "type", "value", "label", "unit", "note"))
        name = table.text("name")
        before = parameters.get(name)
        type_ = table.one_of("type", tuple(_PARAMETER_TYPES), default=before.type if before else None)
        value: Any = table.values.get("value")
        if type(value) is not _PARAMETER_TYPES[type_]:
            table.fault("value", f"値が {type_} ではありません。", "type と value を確かめてください。")
            value = _PLACEHOLDERS[type_]
        unit = table.optional_text("unit")
        if unit is not None and unit not in UNITS:
            table.fault(
                "unit",
                f"「{unit}」という単位はありません。",
                f"次のいずれかにしてください: {'、'.join(UNITS)}。",
            )
        parameters[name] = Parameter(
            name,
            type_,
            value,
            table.text("label", default=before.label if before else None),
            unit or (before.unit if before else None),
            table.text("note", default=before.note if before else ""),
        )
    return parameters
