"""`madoguchi procedures lint|list|show`: look at and check the catalogue of procedures (手続台帳)."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from madoguchi.procedures.commands.common import (
    DONE,
    FAULTS,
    WRONG_CALL,
    add_pack_option,
    folders_of,
    pack_of,
    parser_for,
    print_json,
    run,
)
from madoguchi.procedures.language.faults import nearest
from madoguchi.procedures.language.tree import Expression
from madoguchi.procedures.lint import Finding, lint
from madoguchi.procedures.packs import Pack, Procedure

SheetLint = Callable[[Sequence[Path]], Sequence[Finding]]


def main(argv: Sequence[str] | None = None, *, lint_sheets: SheetLint | None = None) -> int:
    """Run one of lint, list and show; returns the exit code. `lint_sheets` checks the sheets of the same folders."""
    return run(lambda arguments: _main(arguments, lint_sheets), argv)


def _main(argv: Sequence[str] | None, lint_sheets: SheetLint | None) -> int:
    parser = parser_for(
        "procedures", "手続台帳を検査し、一覧し、一つを見ます。", "madoguchi procedures show nhi-enrol --json"
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="lint|list|show")
    for name, words in (
        ("lint", "台帳を検査する"),
        ("list", "手続きを一覧する"),
        ("show", "一つの手続きを見る"),
    ):
        action = actions.add_parser(name, help=words, description=words)
        if name == "show":
            action.add_argument("id", metavar="ID", help="手続きの id か、C01 のような番号")
        action.add_argument("--json", action="store_true", help="JSON で出す")
        add_pack_option(action)
    arguments = parser.parse_args(argv)
    pack = pack_of(arguments)
    match arguments.action:
        case "lint":
            more = lint_sheets(folders_of(arguments)) if lint_sheets else ()
            return _lint(pack, more, as_data=arguments.json)
        case "list":
            return _list(pack, as_data=arguments.json)
        case _:
            return _show(pack, arguments.id, as_data=arguments.json)


def _lint(pack: Pack, of_sheets: Sequence[Finding], *, as_data: bool) -> int:
    findings = (*lint(pack), *of_sheets)
    if as_data:
        print_json(
            [
                {"procedure": finding.procedure, "message": finding.message, "remedy": finding.remedy}
                for finding in findings
            ]
        )
    else:
        for finding in findings:
            print(finding, file=sys.stderr)
        print(f"{len(pack.procedures)}件の手続きを検査しました。指摘は{len(findings)}件です。")
    return FAULTS if findings else DONE


def _list(pack: Pack, *, as_data: bool) -> int:
    if as_data:
        print_json([_summary(procedure) for procedure in pack.procedures])
        return DONE
    for procedure in pack.procedures:
        mark = "" if procedure.verified.verified else "\t根拠未確認"
        events = "、".join(sorted(event.label for event in procedure.events))
        print(f"{procedure.law_id}\t{procedure.id}\t{procedure.name}\t{events}{mark}")
    return DONE


def _show(pack: Pack, wanted: str, *, as_data: bool) -> int:
    found = next((one for one in pack.procedures if wanted in (one.id, one.law_id)), None)
    if found is None:
        ids = [procedure.id for procedure in pack.procedures]
        print(f"「{wanted}」という手続きはありません。{nearest(wanted, ids)}", file=sys.stderr)
        return WRONG_CALL
    if as_data:
        print_json(_details(pack, found))
    else:
        _print(pack, found)
    return DONE


def _summary(procedure: Procedure) -> dict[str, object]:
    return {
        "id": procedure.id,
        "law_id": procedure.law_id,
        "name": procedure.name,
        "summary": procedure.summary,
        "law": procedure.law,
        "events": sorted(event.value for event in procedure.events),
        "per": procedure.per,
        "department": procedure.department,
        "sheet": procedure.sheet,
        "verified": procedure.verified.verified,
    }


def _details(pack: Pack, procedure: Procedure) -> dict[str, object]:
    return _summary(procedure) | {
        "department_name": pack.departments[procedure.department].name,
        "channels": dict(procedure.channels),
        "fee_yen": procedure.fee_yen,
        "fee_note": procedure.fee_note,
        "bring": [{"text": item.text, "when": _source(item.when)} for item in procedure.bring],
        "tell": list(procedure.tell),
        "late": {"text": procedure.late.text, "loses": procedure.late.loses},
        "verification": {
            "on": procedure.verified.on.isoformat() if procedure.verified.on else None,
            "source": procedure.verified.source,
        },
        "rules": [
            {
                "since": rule.since.isoformat(),
                "until": rule.until.isoformat() if rule.until else None,
                "must": _source(rule.must),
                "optional": _source(rule.optional),
                "because": rule.because,
                "otherwise": [{"when": one.when.source, "because": one.because} for one in rule.otherwise],
            }
            for rule in procedure.rules
        ],
        "deadlines": [
            {
                "event": deadline.event.value,
                "from": deadline.start.source,
                "days": deadline.days,
                "count_first_day": deadline.count_first_day,
                "roll_to_open_day": deadline.roll_to_open_day,
            }
            for deadline in procedure.deadlines
        ],
        "without_record": {
            "state": procedure.without_record.need.value,
            "text": procedure.without_record.text,
            "law": procedure.without_record.law,
            "verified": procedure.without_record.verification.verified,
            "source": procedure.without_record.verification.source,
        },
        "examples": [example.name for example in procedure.examples],
        "notes": procedure.notes,
    }


def _source(expression: Expression | None) -> str | None:
    return None if expression is None else expression.source


def _print(pack: Pack, procedure: Procedure) -> None:
    verified = procedure.verified
    print(f"{procedure.law_id} {procedure.name}（{procedure.id}）")
    print(procedure.summary)
    print(f"根拠: {procedure.law}　{verified.source if verified.verified else '未確認'}")
    print(f"担当: {pack.departments[procedure.department].name}")
    print(f"対象: {'一人ずつ' if procedure.per == 'person' else '世帯'}")
    for rule in procedure.rules:
        period = f"{rule.since.isoformat()}から" + (f"{rule.until.isoformat()}まで" if rule.until else "")
        print(f"\n{period}　{rule.because}")
        for word, expression in (("必要", rule.must), ("任意", rule.optional)):
            if expression is not None:
                print(f"  {word}: {expression.source}")
    for deadline in procedure.deadlines:
        first = "初日を数える" if deadline.count_first_day else "初日を数えない"
        print(f"期限（{deadline.event.label}）: {deadline.start.source} から{deadline.days}日（{first}）")
    for item in procedure.bring:
        print(f"持ち物: {item.text}" + (f"　（{item.when.source}）" if item.when else ""))
    without = procedure.without_record
    print(f"住民票がないとき: {without.need.label}" + (f"　{without.text}" if without.text else ""))
    for example in procedure.examples:
        print(f"例: {example.name}")


if __name__ == "__main__":
    sys.exit(main())
