"""The papers of a case (帳票): every box filled from what the case knows, each with its source.

A sheet is for the person who signs it; whether an address may stand on it is asked here, once, of `residents.protection`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.cases.acting import civil_day, find_case
from madoguchi.cases.certificate_wishes import CERTIFICATE_NAMES
from madoguchi.cases.judging import applied_for, judge
from madoguchi.cases.lateness import span_note, told_of_lateness
from madoguchi.cases.models import CaseRow, CertificateRow, DocumentRow, SignatureRow
from madoguchi.cases.paper_language import language_of_case, meanings, own_words
from madoguchi.cases.record import MOVING, concerned, read_record
from madoguchi.cases.sheet_facts import PapersOfCase, facts_for_sheets, head_of_household
from madoguchi.city.queries import departments, desk_names
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import format_date_text
from madoguchi.papers.boxes import fill
from madoguchi.papers.definition_file import parse_sheet
from madoguchi.papers.definitions import Grouping
from madoguchi.papers.grouping import Paper, papers_for
from madoguchi.papers.operations import render_confirmation, render_guide, render_meaning, render_sheets
from madoguchi.papers.values import (
    ChangeLine,
    ConfirmationValues,
    GuideItem,
    GuideValues,
    MoneyLine,
    PadSignature,
    ProcedureLine,
    RenderedPaper,
    SheetValues,
    Standing,
)
from madoguchi.procedures.bring import bring_list
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.facts import HOUSEHOLD_SUBJECT, Holder
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind

PAD_WIDTH, PAD_HEIGHT = 900, 260
MOVED_IN = frozenset({EventKind.move_in, EventKind.move_in_abroad, EventKind.move_within})
STATEMENT = "上の内容に相違ありません。届出・申請をします。"


class NothingToPrint(LookupError):
    """The case has no sheet to print."""

    def __init__(self) -> None:
        super().__init__("印刷する帳票がありません。必要な手続きが決まってから、もう一度開いてください。")


@dataclass(frozen=True, slots=True)
class PaperTitle:
    """A sheet among the papers of a case: how many papers it takes, and how many people they are for."""

    title: str
    papers: int
    people: int


def _papers(pack: Pack, decisions: Sequence[Decision]) -> tuple[Paper, ...]:
    """The papers on which these procedures are filed."""
    sheets = {
        sheet: parse_sheet(pack.sheets[sheet], file=f"{sheet}.toml")
        for one in decisions
        if (sheet := pack.procedure(one.procedure).sheet) is not None
    }
    named = [(pack.procedure(one.procedure).sheet, one.subject) for one in decisions]
    return papers_for([(sheets[sheet], subject) for sheet, subject in named if sheet is not None])


def _filled(papers: PapersOfCase, decisions: Sequence[Decision]) -> tuple[SheetValues, ...]:
    sheets = []
    for paper in _papers(papers.judged.pack, decisions):
        together = paper.sheet.grouping is Grouping.TOGETHER
        facts = facts_for_sheets(
            papers, paper.subjects[0], listed=paper.subjects if together else (), sheet=paper.sheet.id
        )
        sheets.append(fill(paper.sheet, facts))
    return tuple(sheets)


def all_sheets(*, case: str, actor: Actor, now: datetime) -> RenderedPaper:
    """Every sheet of what is filed today, as one PDF. Raises NothingToPrint."""
    papers = PapersOfCase(case, actor=actor, now=now)
    sheets = _filled(papers, applied_for(papers.judged, papers.record))
    if not sheets:
        raise NothingToPrint
    return _printed(papers, "sheets", render_sheets(sheets, issued_at=now), actor, now)


def one_sheet(*, case: str, procedure: str, subject: str, actor: Actor, now: datetime) -> RenderedPaper:
    """The paper on which a procedure is filed for a subject; others who stand on the same paper are on it too.

    Raises NothingToPrint.
    """
    papers = PapersOfCase(case, actor=actor, now=now)
    pack, filed = papers.judged.pack, applied_for(papers.judged, papers.record)
    wanted = [one for one in papers.judged.decisions if (one.procedure, one.subject) == (procedure, subject)]
    if not wanted:
        raise NothingToPrint
    beside = [one for one in filed if pack.procedure(one.procedure).sheet == pack.procedure(procedure).sheet]
    sheets = _filled(papers, [*wanted, *beside])[:1]
    if not sheets:
        raise NothingToPrint
    return _printed(papers, "sheet", render_sheets(sheets, issued_at=now), actor, now)


def sheet_titles(*, case: str) -> tuple[PaperTitle, ...]:
    """What one signature will cover: every paper; no personal data."""
    row = find_case(case)
    record = read_record(row)
    judged = judge(row, record)
    titles: dict[str, PaperTitle] = {}
    for paper in _papers(judged.pack, applied_for(judged, record)):
        title = paper.sheet.title
        there = titles.get(title, PaperTitle(title, 0, 0))
        titles[title] = PaperTitle(title, there.papers + 1, there.people + len(paper.subjects))
    return tuple(titles.values())


def meaning(*, case: str, actor: Actor, now: datetime) -> RenderedPaper:
    """What the papers of this case mean in its language (書類の意味). Raises NothingToPrint where it is Japanese."""
    papers = PapersOfCase(case, actor=actor, now=now)
    language, pack = language_of_case(papers.row), papers.judged.pack
    if language is None:
        raise NothingToPrint
    sheets = [one.sheet for one in _papers(pack, applied_for(papers.judged, papers.record))]
    made = render_meaning(
        meanings(pack, language, sheets),
        language=language.value,
        tag=language.tag,
        number=papers.row.number,
        issued_at=now,
    )
    return _printed(papers, "meaning", made, actor, now)


def guide(*, case: str, actor: Actor, now: datetime) -> RenderedPaper:
    """The personal list (受付案内票): what, where, by when, what to bring, why, what lateness costs."""
    papers = PapersOfCase(case, actor=actor, now=now)
    row, judged = papers.row, papers.judged
    language = language_of_case(row)
    wanted = judged.with_status(Status.MUST, Status.ASK, Status.OPTIONAL)
    bring = bring_list(
        judged.pack, judged.situation, wanted, on=judged.on, open_days=judged.calendar
    ).by_procedure
    seat = desk_names().get((row.branch, row.desk), "")
    names = departments()
    filed = applied_for(judged, papers.record) if row.signed_round else ()
    missing = _missing(row)
    items = [
        replace(
            _guide_item(papers, one, bring, names, seat),
            filed=one in filed,
            missing=missing.get(one.procedure, ()),
            own=own_words(
                judged.pack,
                language,
                one,
                bring=_brought(one, bring),
                missing=missing.get(one.procedure, ()),
            ),
        )
        for one in wanted
    ]
    values = GuideValues(
        municipality=papers.city.name,
        audience=papers.audience,
        title="受付案内票",
        number=row.number,
        code=row.code,
        follow_text=f"{row.number}-{row.code}",
        event=EventKind(row.event_kind).label,
        received_on=row.day,
        items=tuple(_once(items)),
        next_steps=_next_steps(papers),
        language=language.value if language else "ja",
        tag=language.tag if language else "ja",
    )
    return _printed(papers, "guide", render_guide(values, issued_at=now), actor, now)


def _missing(row: CaseRow) -> dict[str, tuple[str, ...]]:
    """What is to be brought later, by procedure (補正待ち)."""
    waiting = DocumentRow.objects.filter(case=row, received_at__isnull=True, dropped_at__isnull=True)
    found: dict[str, tuple[str, ...]] = {}
    for procedure, text in waiting.order_by("id").values_list("procedure", "text"):
        found[procedure] = (*found.get(procedure, ()), text)
    return found


def _guide_item(
    papers: PapersOfCase,
    one: Decision,
    bring: Mapping[str, Sequence[object]],
    names: Mapping[str, str],
    seat: str,
) -> GuideItem:
    procedure = papers.judged.pack.procedure(one.procedure)
    wish = one.status is Status.OPTIONAL
    return GuideItem(
        standing=Standing(one.status.value),
        procedure=procedure.name,
        subject="" if one.subject == HOUSEHOLD_SUBJECT else papers.record.name_of(one.subject),
        department=names.get(procedure.department, papers.judged.pack.departments[procedure.department].name),
        seat=seat if one.status is Status.MUST else "",
        deadline=one.deadline,
        overdue=one.overdue,
        bring=_brought(one, bring),
        because="。".join(
            filter(None, ("、".join(reason.text for reason in one.because[:2]), span_note(one)))
        ),
        late="" if wish else told_of_lateness(papers.judged, one),
        settles="",
    )


def _brought(one: Decision, bring: Mapping[str, Sequence[object]]) -> tuple[str, ...]:
    """What is to be brought, in Japanese; of what one may wish for nothing is said yet."""
    if one.status is Status.OPTIONAL:
        return ()
    return tuple(str(getattr(item, "text", "")) for item in bring.get(one.procedure, ()))


def _once(items: Sequence[GuideItem]) -> list[GuideItem]:
    """The same procedure with the same words for several people is one item that names them all."""
    together: dict[tuple[object, ...], GuideItem] = {}
    for item in items:
        key = (item.standing, item.procedure, item.deadline, item.because, item.bring, item.filed)
        there = together.get(key)
        together[key] = replace(there, subject=f"{there.subject}、{item.subject}") if there else item
    return list(together.values())


def confirmation(*, case: str, actor: Actor, now: datetime) -> RenderedPaper:
    """The one page that is signed (確認・署名票)."""
    papers = PapersOfCase(case, actor=actor, now=now)
    row, record = papers.row, papers.record
    names = departments()
    filed = applied_for(papers.judged, record)
    signature = (
        SignatureRow.objects.filter(case=row, round=row.signed_round).first() if row.signed_round else None
    )
    values = ConfirmationValues(
        municipality=papers.city.name,
        audience=papers.audience,
        addressee=MAYOR,
        title="届出・申請の確認票",
        number=row.number,
        event=EventKind(row.event_kind).label,
        notified_on=row.notified_on,
        signer=record.text("notifier_name")
        + ("（オンラインのサインインによる）" if signature and signature.kind == "sign_in" else ""),
        people=tuple(
            record.name_of(person.ref)
            + (f"（{said}）" if (said := record.text("relationship", person.ref)) else "")
            for person in record.people
            if person.ref in concerned(record)
        ),
        changes=_change_lines(papers),
        procedures=_procedure_lines(papers, filed, names),
        money=money_lines(row),
        next_steps=_next_steps(papers),
        statement=STATEMENT,
        signature=_pad(signature) if signature and signature.kind == "pad" else None,
        signed_on=civil_day(signature.at) if signature else None,
    )
    return _printed(papers, "confirmation", render_confirmation(values, issued_at=now), actor, now)


def _procedure_lines(
    papers: PapersOfCase, filed: Sequence[Decision], names: Mapping[str, str]
) -> tuple[ProcedureLine, ...]:
    """What is filed, one line for all whom a procedure concerns with the same deadline."""
    together: dict[tuple[str, date | None], list[str]] = {}
    for one in filed:
        who = "" if one.subject == HOUSEHOLD_SUBJECT else papers.record.name_of(one.subject)
        together.setdefault((one.procedure, one.deadline), []).append(who)
    lines = []
    for (procedure, deadline), people in together.items():
        found = papers.judged.pack.procedure(procedure)
        lines.append(
            ProcedureLine(
                found.name, "、".join(filter(None, people)), names.get(found.department, ""), deadline
            )
        )
    return tuple(lines)


MAYOR = "市長"
NEXT_STEPS = (
    "署名のあと、各課の担当がこの席に来ます。移動はいりません。",
    "別の職員が入力内容を確かめてから、住民記録に登録します。",
    "登録が済むまで、新しい住所の証明書は出せません。",
)
NOT_REGISTERED = "別の職員が入力内容を確かめます。住民記録には載せません。"


def next_steps(event: EventKind, *, registers: bool = True) -> tuple[str, ...]:
    """What happens after the signature; only a move brings a new address, and who has no 住民票 is not registered."""
    if not registers:
        return (NEXT_STEPS[0], NOT_REGISTERED)
    return NEXT_STEPS if event in MOVED_IN else NEXT_STEPS[:-1]


def _next_steps(papers: PapersOfCase) -> tuple[str, ...]:
    return next_steps(EventKind(papers.row.event_kind), registers=not papers.record.nobody_registered)


def _change_lines(papers: PapersOfCase) -> tuple[ChangeLine, ...]:
    record, event = papers.record, EventKind(papers.row.event_kind)
    withheld = not papers.address_may_appear()
    day = record.value(event.date_key)
    said = format_date_text(day) if isinstance(day, date | PossibleDays) else ""
    lines = []
    if event in MOVING:
        new = f"{record.text('new_address')} {record.text('new_building')}".strip()
        lines += [ChangeLine("住所", record.text("old_address"), new, withheld)]
    if said:
        definition = papers.judged.pack.fact(Holder.EVENT, event.date_key)
        label = "異動日（住み始めた日）" if event in MOVED_IN else definition.label if definition else "日"
        lines.append(ChangeLine(label, "", said))
    if record.text("old_head") or record.text("new_head"):
        new_head = record.text("new_head") or head_of_household(record)
        lines.append(ChangeLine("世帯主", record.text("old_head"), new_head))
    return tuple(lines)


def money_lines(row: CaseRow) -> tuple[MoneyLine, ...]:
    """Fees of the certificates asked for; 届出 itself is free."""
    rows = CertificateRow.objects.filter(case=row).order_by("kind")
    return tuple(
        MoneyLine(f"{CERTIFICATE_NAMES.get(one.kind, one.kind)} {one.copies}通", one.fee_yen) for one in rows
    )


def _pad(signature: SignatureRow) -> PadSignature:
    path = " ".join(
        "M" + " L".join(f"{int(x)} {int(y)}" for x, y in stroke)
        for stroke in signature.strokes
        if len(stroke) > 1
    )
    return PadSignature(path, PAD_WIDTH, PAD_HEIGHT)


def _printed(
    papers: PapersOfCase, kind: str, paper: RenderedPaper, actor: Actor, now: datetime
) -> RenderedPaper:
    record_act(
        actor=actor,
        activity="papers_made",
        now=now,
        case=papers.row.public_id,
        paper=kind,
        pages=paper.pages,
        missing_glyphs=len(paper.missing_glyphs),
    )
    return paper
