"""Read one procedure from its table (手続ファイルの読み取り), with every expression parsed and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import FactDefinition, Holder
from madoguchi.procedures.fee_file import read_fees
from madoguchi.procedures.language.dated_tables import DatedTable
from madoguchi.procedures.language.faults import ExpressionFaults
from madoguchi.procedures.language.names import RESERVED, Names, type_of_constant
from madoguchi.procedures.language.parse import parse
from madoguchi.procedures.language.tree import Expression, Kind, Node, Type
from madoguchi.procedures.packs import (
    CHANNEL_LEVELS,
    DOUBTFUL,
    LOSSES,
    NOT_LOOKED_UP,
    AmountRule,
    Bring,
    Deadline,
    Example,
    FeeTime,
    FilingRole,
    FromHome,
    Late,
    Otherwise,
    Parameter,
    Procedure,
    RecordNeed,
    Rule,
    Verification,
    WithoutRecord,
)
from madoguchi.procedures.ruling_file import read_ruling
from madoguchi.procedures.situation import EventKind
from madoguchi.procedures.situation_file import SituationFaults, read_situation
from madoguchi.procedures.tables import Table

_KEYS = (
    "id", "law_id", "name", "summary", "law", "law_note", "events", "per", "department", "channels",
    "fee_yen", "fee_note", "bring", "rule", "deadline", "late", "sheet", "verified", "example", "notes",
    "tell", "amount", "define", "role", "income_from_month", "without_record", "fee", "fee_paid",
    "ruling", "registers",
)  # fmt: skip
_RULE_KEYS = ("since", "until", "must", "optional", "because", "otherwise", "law", "law_note", "verified")
_WITHOUT_RECORD_KEYS = ("state", "text", "law", "name", "verified")
_DEADLINE_KEYS = ("event", "from", "days", "count_first_day", "roll_to_open_day")
_EXAMPLE_KEYS = (
    "name", "on", "event", "notified_on", "claimant", "people", "relations", "household",
    "expect", "deadline", "missing", "amount",
)  # fmt: skip
ROLES = tuple(role.value for role in FilingRole)
FEE_TIMES = tuple(one.value for one in FeeTime)
FROM_HOME = tuple(one.value for one in FromHome)
_LAW_ID = re.compile(r"^[A-Z]{1,2}\d{2}[a-z]?$")
_ID = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
_VERIFIED = re.compile(r"^(\d{4}-\d{2}-\d{2})\s+(.+)$", re.DOTALL)
_NEVER = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a procedure's file may refer to."""

    facts: Mapping[tuple[Holder, str], FactDefinition]
    parameters: Mapping[str, Parameter]
    tables: Mapping[str, DatedTable]
    departments: frozenset[str]
    sheets: frozenset[str]


def read_procedure(table: Table, around: Surroundings) -> Procedure:
    """Return the procedure; faults are left in the table's list, and what is wrong is read as empty."""
    return _ProcedureReader(table, around).read()


class _ProcedureReader:
    def __init__(self, table: Table, around: Surroundings) -> None:
        self.table = table
        self.around = around
        self.parameters = {
            name: (parameter.value, Type(type_of_constant(parameter.value).kind, unit=parameter.unit))
            for name, parameter in around.parameters.items()
        }
        self.per: Literal["person", "household"] = (
            "household" if table.one_of("per", ("person", "household")) == "household" else "person"
        )

        self.defined: dict[str, Node] = {}
        self.slots = 2

    def read(self) -> Procedure:
        table = self.table
        table.only(_KEYS)
        self._define(table.table("define"))
        identity, law_id = self._identity()
        events = self._events()
        fee = table.whole_number("fee_yen") if "fee_yen" in table.values else None
        late = table.table("late")
        late.only(("text", "loses"))
        return Procedure(
            id=identity,
            law_id=law_id,
            name=table.text("name"),
            summary=table.text("summary"),
            law=table.text("law"),
            events=events,
            per=self.per,
            department=self._reference("department", self.around.departments, "departments.toml"),
            channels=self._channels(),
            fee_yen=fee,
            fee_note=table.text("fee_note", default=""),
            bring=tuple(self._bring(bring) for bring in table.tables("bring")),
            rules=self._rules(),
            deadlines=tuple(
                deadline for one in table.tables("deadline") if (deadline := self._deadline(one, events))
            ),
            late=Late(late.text("text", default=""), late.one_of("loses", LOSSES, default="none")),
            sheet=self._reference("sheet", self.around.sheets, "sheets/")
            if "sheet" in table.values
            else None,
            verified=_verification(table) or Verification(False, None, ""),
            examples=tuple(
                example for one in table.tables("example") if (example := self._example(one, events))
            ),
            notes=table.text("notes", default="") or table.text("law_note", default=""),
            tell=table.texts("tell"),
            amounts=tuple(found for one in table.tables("amount") if (found := self._amount(one))),
            fees=read_fees(table, self._expression, _verification),
            defined=self.defined,
            income_from_month=self._month("income_from_month"),
            role=FilingRole(table.one_of("role", ROLES)) if "role" in table.values else None,
            without_record=self._without_record(table.table("without_record")),
            fee_paid=FeeTime(table.one_of("fee_paid", FEE_TIMES, default=FeeTime.AFTER.value)),
            registers=table.boolean("registers", default=False),
            ruling=read_ruling(table, self.around.parameters, _verification),
            file=table.source("id").file,
        )

    def _identity(self) -> tuple[str, str]:
        identity, law_id = self.table.text("id"), self.table.text("law_id")
        if identity and not _ID.match(identity):
            self.table.fault("id", f"「{identity}」は使えません。", "英小文字と数字を - でつないでください。")
        if law_id and not _LAW_ID.match(law_id):
            self.table.fault(
                "law_id", f"「{law_id}」は使えません。", "C01 のように英大文字と数字2桁で書いてください。"
            )
        return identity, law_id

    def _events(self) -> frozenset[EventKind]:
        known = [kind.value for kind in EventKind]
        events = self.table.texts("events")
        if not events:
            self.table.fault(
                "events", "異動の種類がありません。", 'events = ["move_in"] のように書いてください。'
            )
        for event in events:
            if event not in known:
                self.table.fault(
                    "events",
                    f"「{event}」という異動はありません。",
                    f"次のいずれかにしてください: {'、'.join(known)}。",
                )
        return frozenset(EventKind(event) for event in events if event in known)

    def _reference(self, key: str, known: frozenset[str], where: str) -> str:
        name = self.table.text(key)
        if name and name not in known:
            self.table.fault(
                key, f"「{name}」は {where} にありません。", f"{where} に足すか、名前を直してください。"
            )
        return name

    def _channels(self) -> dict[str, str]:
        channels = self.table.table("channels")
        return {channel: channels.one_of(channel, CHANNEL_LEVELS) for channel in channels.values}

    def _month(self, key: str) -> int | None:
        if key not in self.table.values:
            return None
        month = self.table.whole_number(key)
        if not 1 <= month <= 12:
            self.table.fault(key, f"{month}月はありません。", "1 から 12 で書いてください。")
        return month

    def _without_record(self, table: Table) -> WithoutRecord:
        """Read what is said of people without a 住民票; nothing said: nobody has looked it up."""
        table.only(_WITHOUT_RECORD_KEYS)
        if not table.values:
            return NOT_LOOKED_UP
        need = RecordNeed(table.one_of("state", [need.value for need in RecordNeed]))
        known = need is not RecordNeed.UNKNOWN
        if known and "verified" not in table.values:
            table.fault(
                "verified",
                "住民票がないときの扱いを、何で確かめたかがありません。",
                '出典を書くか、verified = "unverified" と書いてください。',
            )
        return WithoutRecord(
            need,
            table.text("text", default=None if known else ""),
            table.text("law", default=""),
            table.text("name", default=""),
            _verification(table) or Verification(False, None, ""),
        )

    def _define(self, table: Table) -> None:
        """Read what the procedure names for itself; a later one may use those before it."""
        for name in table.values:
            if not name.isidentifier() or name in (*RESERVED, *self.defined):
                table.fault(
                    name, f"「{name}」は式の中で名前にできません。", "英小文字の別の名前にしてください。"
                )
            expression = self._expression(table, name, None)
            if expression is not None:
                self.defined[name] = expression.tree
                self.slots = expression.slots

    def _expression(self, table: Table, key: str, kind: Kind | None) -> Expression | None:
        """Return the checked expression at a key, or None when it is absent or wrong."""
        source = table.values.get(key)
        if source is None:
            return None
        if not isinstance(source, str):
            table.fault(key, "式は文字で書きます。", f'{key} = "…" と書いてください。')
            return None
        names = Names(
            self.around.facts,
            self.parameters,
            has_person=self.per == "person",
            tables=self.around.tables,
            defined=self.defined,
            slots=self.slots,
        )
        try:
            return parse(source, names=names, kind=kind)
        except ExpressionFaults as error:
            for fault in error.faults:
                table.fault(key, f"式の{fault.column}文字目: {fault.message}", fault.remedy, source)
            return None

    def _bring(self, table: Table) -> Bring:
        table.only(("text", "when", "from_home"))
        from_home = FromHome(table.one_of("from_home", FROM_HOME, default=FromHome.FILE.value))
        return Bring(table.text("text"), self._expression(table, "when", Kind.BOOLEAN), from_home)

    def _rules(self) -> tuple[Rule, ...]:
        rules = tuple(self._rule(rule) for rule in self.table.tables("rule"))
        if not rules:
            self.table.fault("", "規則がありません。", "[[rule]] を一つ以上書いてください。")
        return rules

    def _rule(self, table: Table) -> Rule:
        table.only(_RULE_KEYS)
        since, until = table.day("since"), table.day("until")
        if since is None and "since" not in table.values:
            table.fault("since", "施行日がありません。", "since = 2024-10-01 のように書いてください。")
        if since and until and until < since:
            table.fault("until", "終わりの日が始まりの日より前です。", "since と until を確かめてください。")
        if "must" not in table.values and "optional" not in table.values:
            table.fault("must", "must も optional もありません。", "どちらかに条件を書いてください。")
        return Rule(
            since=since or _NEVER,
            until=until,
            must=self._expression(table, "must", Kind.BOOLEAN),
            optional=self._expression(table, "optional", Kind.BOOLEAN),
            because=table.text("because"),
            otherwise=tuple(
                Otherwise(when, one.text("because"))
                for one in table.tables("otherwise")
                if (when := self._otherwise_when(one))
            ),
            law=table.optional_text("law"),
            law_note=table.text("law_note", default=""),
            verification=_verification(table),
        )

    def _otherwise_when(self, table: Table) -> Expression | None:
        table.only(("when", "because"))
        if "when" not in table.values:
            table.fault("when", "条件がありません。", 'when = "…" と書いてください。')
        return self._expression(table, "when", Kind.BOOLEAN)

    def _deadline(self, table: Table, events: frozenset[EventKind]) -> Deadline | None:
        table.only(_DEADLINE_KEYS)
        allowed = sorted(event.value for event in events) or [EventKind.none.value]
        event = table.one_of("event", allowed, default=allowed[0] if len(allowed) == 1 else None)
        if "from" not in table.values:
            table.fault(
                "from", "数え始める日がありません。", 'from = "event.move_date" のように書いてください。'
            )
        start = self._expression(table, "from", Kind.DATE)
        if start is None:
            return None
        return Deadline(
            EventKind(event),
            start,
            table.whole_number("days"),
            table.boolean("count_first_day", default=False),
            table.boolean("roll_to_open_day", default=True),
        )

    def _amount(self, table: Table) -> AmountRule | None:
        table.only(("valid_from", "valid_until", "when", "yen", "per", "from", "until", "payee"))
        if "yen" not in table.values:
            table.fault("yen", "金額の式がありません。", 'yen = "…" と書いてください。')
        yen = self._expression(table, "yen", Kind.NUMBER)
        when = self._expression(table, "when", Kind.BOOLEAN)
        per: Literal["month", "once", "year"]
        match table.one_of("per", ("month", "once", "year")):
            case "month":
                per = "month"
            case "year":
                per = "year"
            case _:
                per = "once"
        start, until = (self._expression(table, key, Kind.DATE) for key in ("from", "until"))
        days = table.day("valid_from"), table.day("valid_until")
        payee = table.text("payee", default="請求した方")
        return None if yen is None else AmountRule(*days, when, yen, per, start, until, payee)

    def _example(self, table: Table, events: frozenset[EventKind]) -> Example | None:
        table.only(_EXAMPLE_KEYS)
        data = {key: table.values[key] for key in _EXAMPLE_KEYS[2:8] if key in table.values}
        try:
            situation = read_situation(data, self.around.facts)
        except SituationFaults as error:
            for fault in error.faults:
                key, _, rest = fault.place.partition(".")
                place = f"{rest}: " if rest else ""
                table.fault(key.split("[")[0], place + fault.message, fault.remedy)
            return None
        if situation.event not in events:
            table.fault(
                "event", "この手続きの events にない異動の例です。", "kind を events のどれかにしてください。"
            )
        subjects = {person.id for person in situation.people} if self.per == "person" else {"household"}
        on = table.day("on")
        if on is None:
            table.fault("on", "判定する日がありません。", "on = 2026-11-09 のように書いてください。")
            return None
        expect = table.table("expect")
        statuses = [status.value for status in Status]
        expected = {subject: expect.one_of(subject, statuses) for subject in expect.values}
        deadlines, missing, amounts = (table.table(key) for key in ("deadline", "missing", "amount"))
        for part in (expect, deadlines, missing, amounts):
            for subject in part.values:
                if subject not in subjects:
                    part.fault(
                        subject,
                        f"「{subject}」はこの例の対象ではありません。",
                        f"対象: {'、'.join(sorted(subjects))}。",
                    )
        if not expected:
            table.fault(
                "expect", "期待する結果がありません。", 'expect = { p1 = "must" } のように書いてください。'
            )
        days = {subject: day for subject in deadlines.values if (day := deadlines.day(subject))}
        keys = {subject: missing.texts(subject) for subject in missing.values}
        yen = {subject: amounts.whole_number(subject) for subject in amounts.values}
        return Example(table.text("name"), on, situation, expected, days, keys, yen)


def _verification(table: Table) -> Verification | None:
    """Return what `verified` says: "unverified", "?" (doubtful), or a source with or without its day first.

    None when it is absent.
    """
    value: Any = table.values.get("verified")
    if value is None:
        return None
    if value in ("unverified", DOUBTFUL):
        return Verification(False, None, "" if value == "unverified" else DOUBTFUL)
    if not isinstance(value, str) or not value.strip():
        table.fault(
            "verified",
            "確認の書き方が正しくありません。",
            '"unverified"、"?"、"2026-11-23 出典" のどれかを書いてください。',
        )
        return None
    found = _VERIFIED.match(value)
    if found is None:
        return Verification(True, None, value.strip())
    try:
        return Verification(True, date.fromisoformat(found[1]), found[2].strip())
    except ValueError:
        table.fault("verified", f"「{found[1]}」という日付はありません。", "実在する年月日を書いてください。")
        return None
