"""`madoguchi decide`: which procedures one household needs (手続判定), from a JSON file."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.commands.common import (
    DONE,
    FAULTS,
    WRONG_CALL,
    add_pack_option,
    pack_of,
    parser_for,
    print_json,
    run,
)
from madoguchi.procedures.decide import Answer, Decision, Status, answer
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import Situation
from madoguchi.procedures.situation_file import SituationFaults, read_json
from madoguchi.procedures.wordings import told_for

_EXAMPLE = "madoguchi decide 世帯.json --on 2026-11-09 --json"
_GROUPS = (Status.MUST, Status.ASK, Status.OPTIONAL, Status.NOT_NEEDED)


def main(argv: Sequence[str] | None = None) -> int:
    """Decide a file and print the answer; returns the exit code."""
    return run(_main, argv)


def _main(argv: Sequence[str] | None) -> int:
    parser = parser_for("decide", "世帯の状況から、必要な手続きと次に聞くことを出します。", _EXAMPLE)
    parser.add_argument("file", metavar="FILE.json", help="世帯の状況(- は標準入力)")
    parser.add_argument("--on", required=True, metavar="DATE", help="判定する日(2026-11-09 の形)")
    parser.add_argument("--json", action="store_true", help="JSON で出す")
    add_pack_option(parser)
    arguments = parser.parse_args(argv)
    try:
        on = date.fromisoformat(arguments.on)
    except ValueError:
        print(
            f"--on の「{arguments.on}」という日付はありません。"
            "2026-11-09 のように実在する年月日を指定してください。",
            file=sys.stderr,
        )
        return WRONG_CALL
    text = _text_of(arguments.file)
    if text is None:
        return WRONG_CALL
    pack = pack_of(arguments)
    vocabulary = {(definition.holder, definition.key): definition for definition in pack.vocabulary}
    try:
        situation = read_json(text, vocabulary)
    except SituationFaults as error:
        print(f"{arguments.file}: {' '.join(str(fault) for fault in error.faults)}", file=sys.stderr)
        return FAULTS
    pack, result = answered(pack, situation, on=on, open_days=OpenDays())
    if arguments.json:
        print_json(as_json(result))
    else:
        _print(pack, result)
    return DONE


def _text_of(file: str) -> str | None:
    """Return the text of a file, or None after saying why it cannot be read."""
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problem = "UTF-8 の文字として読めません。UTF-8 で保存し直してください。"
    except OSError as error:
        problem = f"読めません({error.strerror})。場所と名前を確かめてください。"
    print(f"{file}: {problem}", file=sys.stderr)
    return None


def answered(pack: Pack, situation: Situation, *, on: date, open_days: OpenDays) -> tuple[Pack, Answer]:
    """The pack in the words of the event, and what it decides; the command and the public interface both ask here."""
    told = told_for(pack, situation.event)
    return told, answer(told, situation, on=on, open_days=open_days)


def as_json(result: Answer) -> dict[str, object]:
    """Return an answer as the outside contract shows it."""
    return {
        "on": result.on.isoformat(),
        "revision": result.revision,
        "decisions": [_decision_as_json(decision) for decision in result.decisions],
        "questions": [
            {
                "key": question.ref.key,
                "subject": question.ref.subject,
                "label": question.label,
                "settles": list(question.settles),
            }
            for question in result.questions
        ],
    }


def _decision_as_json(decision: Decision) -> dict[str, object]:
    amount = decision.amount
    return {
        "id": decision.procedure,
        "law_id": decision.law_id,
        "subject": decision.subject,
        "status": decision.status.value,
        "because": [
            {"text": reason.text, "law": reason.law, "verified": reason.verified}
            for reason in decision.because
        ],
        "deadline": _iso(decision.deadline),
        "overdue": decision.overdue,
        "amount": None
        if amount is None
        else {
            "yen": amount.yen,
            "per": amount.per,
            "from": _iso(amount.start),
            "until": _iso(amount.until),
        },
        "missing": [{"key": ref.key, "subject": ref.subject} for ref in decision.missing],
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _print(pack: Pack, result: Answer) -> None:
    print(f"判定日 {result.on.isoformat()}　台帳の版 {result.revision}")
    for status in _GROUPS:
        decisions = [decision for decision in result.decisions if decision.status is status]
        print(f"\n■ {status.label}（{len(decisions)}件）")
        for decision in decisions:
            procedure = pack.procedure(decision.procedure)
            who = "世帯" if decision.subject == "household" else decision.subject
            until = f"　期限 {decision.deadline.isoformat()}" if decision.deadline else ""
            late = "(過ぎています)" if decision.overdue else ""
            print(f"  {decision.law_id} {procedure.name}［{who}］{until}{late}")
            for reason in decision.because:
                unverified = "" if reason.verified else "（根拠は未確認）"
                print(f"      {reason.text}。{reason.law}{unverified}".replace("。。", "。"))
    print(f"\n■ 次に聞くこと（{len(result.questions)}件）")
    for place, question in enumerate(result.questions, start=1):
        who = "" if question.ref.subject in ("event", "household") else f"［{question.ref.subject}］"
        print(f"  {place}. {question.label}{who}　（{len(question.settles)}件の手続きに関わります）")


if __name__ == "__main__":
    sys.exit(main())
