"""ふるさと納税: the year's applications, the donation management's file, papers with their QR, and the list to send on."""

from __future__ import annotations

import csv
import io
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.furusato import desk
from madoguchi.furusato.deadlines import last_day, notice_day, today_in_japan
from madoguchi.furusato.deciding import PapersInFuture, accept_change, papers_came, refuse
from madoguchi.furusato.mapping import OWN_MAPPINGS, gift_mapping
from madoguchi.furusato.opening import plain_number
from madoguchi.furusato.queries import counts, years
from madoguchi.furusato.states import ApplicationState, Proof
from madoguchi.furusato.taking_in import take_in
from madoguchi.furusato.values import FurusatoRefused, NoSuchGift
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import WarekiError, parse_date_text
from madoguchi.residents.importing.mapping import MappingError
from madoguchi.residents.importing.reading import FileRefused
from madoguchi.residents.importing.report import sentence_of
from madoguchi.spreadsheets.workbook import WorkbookRefused
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

SHOWN_REFUSALS, UNPROCESSABLE = 100, 422
CHANGES = "changes"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OURS = "本製品の独自様式です。総務省令の申告特例通知書（様式）ではありません。個人番号は入っていません。"
HEADING = (
    "市区町村", "寄附番号", "受付番号", "氏名", "フリガナ", "生年月日", "性別", "郵便番号", "住所", "寄附日", "寄附金額",
    "変更あり", "別に扱う",
)  # fmt: skip
SEXES = {"male": "男", "female": "女"}
PROOFS = {Proof.SIGN_IN: "サインイン", Proof.POST: "郵送"}


def _year(request: HttpRequest) -> int:
    """The year that is asked for, else the latest of which there are gifts, else this one."""
    known = years()
    return whole_number(request.GET.get("year", "")) or (known or (today_in_japan(timezone.now()).year,))[0]


@needs(Authority.GIFTS)
def applications(request: HttpRequest) -> HttpResponse:
    """The applications of a year by where they stand, what to do until when, and the files."""
    return render(request, "backoffice/furusato/applications.html", _overview(request))


def _overview(request: HttpRequest) -> dict[str, Any]:
    year, wanted, now = _year(request), request.GET.get("state", ""), timezone.now()
    year = min(max(year, 1), 9000)
    state = next((one for one in ApplicationState if one.value == wanted), None)
    found = counts(year=year)
    rows = desk.applications(
        year=year, state=state, changes_only=wanted == CHANGES, by=actor_of(request), now=now
    )
    return {
        "year": year,
        "years": years(),
        "state": wanted if state or wanted == CHANGES else "",
        "counts": found,
        "states": [(one.value, _(one.label), found.applied[one]) for one in ApplicationState],
        "rows": [{"one": one, "state": _(one.state.label), "proof": _(PROOFS[one.proof])} for one in rows],
        "most": desk.MOST_SHOWN,
        "last_day": last_day(year),
        "notice_day": notice_day(year),
        "mappings": OWN_MAPPINGS,
    }


@needs(Authority.GIFTS)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take the donation management's file in, or try it first; what became of it stands above the list."""
    file: Any = request.FILES.get("file")
    mapping, report, problem = request.POST.get("mapping", ""), None, ""
    if file is None:
        problem = _("ファイルを選んでください。")
    elif mapping not in OWN_MAPPINGS:
        problem = _("対応表を一覧から選んでください。")
    else:
        try:
            report = take_in(
                stream=file, mapping=gift_mapping(mapping), dry_run=request.POST.get("go") != "import",
                by=actor_of(request), now=timezone.now(),
            )  # fmt: skip
        except (FileRefused, WorkbookRefused, MappingError) as error:
            problem = str(error)
    context = {
        **_overview(request),
        "report": report,
        "refused": [sentence_of(one) for one in report.refused[:SHOWN_REFUSALS]] if report else [],
        "problems": [problem] if problem else [],
    }
    status = UNPROCESSABLE if problem else 200
    return render(request, "backoffice/furusato/applications.html", context, status=status)


@needs(Authority.GIFTS)
def gift(request: HttpRequest, number: str) -> HttpResponse:
    """One gift, its applications with what happened to them, and what may be done."""
    return render(request, "backoffice/furusato/gift.html", _gift(request, number))


def _gift(request: HttpRequest, number: str) -> dict[str, Any]:
    try:
        found, applied = desk.gift(number=number, by=actor_of(request), now=timezone.now())
    except NoSuchGift as error:
        raise Http404 from error
    return {
        "gift": found,
        "sex": _(SEXES.get(found.sex, "")) if found.sex else "",
        "applied": [
            {
                "one": one,
                "state": _(one.state.label),
                "proof": _(PROOFS[one.proof]),
                "waits": one.state is ApplicationState.AWAITING,
                "stands": one.state in (ApplicationState.AWAITING, ApplicationState.RECEIVED),
                "steps": [(step, _(step.state.label)) for step in one.steps],
            }
            for one in applied
        ],
        "last_day": last_day(found.year),
    }


@needs(Authority.GIFTS)
@require_POST
def decide(request: HttpRequest, application: int) -> HttpResponse:
    """The papers came on a day, or the application is refused for a reason."""
    by, now, number = actor_of(request), timezone.now(), request.POST.get("gift", "")[:20]
    try:
        if request.POST.get("act") == "papers":
            try:
                on = parse_date_text(request.POST.get("on", "")[:40])
            except WarekiError as error:
                raise FurusatoRefused("%(why)s", why=str(error)) from error
            if isinstance(on, PossibleDays):
                raise PapersInFuture
            papers_came(application=application, on=on, by=by, now=now)
            messages.success(request, _("書類を受け付けました。"))
        elif request.POST.get("act") == "refuse":
            refuse(application=application, reason=request.POST.get("reason", ""), by=by, now=now)
            messages.success(request, _("受けられないことにしました。理由は、申請した方の控えに出ます。"))
        else:
            messages.error(request, _("書類の受付か、受けられない理由のどちらかを選んでください。"))
    except FurusatoRefused as refused:
        messages.error(request, str(refused))
    return _back(number)


@needs(Authority.GIFTS)
@require_POST
def accept(request: HttpRequest, told: int) -> HttpResponse:
    """The papers of a change are here: it counts."""
    try:
        accept_change(change=told, by=actor_of(request), now=timezone.now())
        messages.success(request, _("変更を受け付けました。一覧には新しい氏名・住所が出ます。"))
    except FurusatoRefused as refused:
        messages.error(request, str(refused))
    return _back(request.POST.get("gift", "")[:20])


def _back(number: str) -> HttpResponse:
    known = plain_number(number)
    return redirect("backoffice:furusato_gift", known) if known else redirect("backoffice:furusato")


@needs(Authority.GIFTS)
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The paper of one gift, to print: its QR, number and digits. No name stands in the QR."""
    try:
        found, code = desk.paper(number=number, by=actor_of(request), now=timezone.now())
    except NoSuchGift as error:
        raise Http404 from error
    qr = segno.make(_address(request, number, code), error="m", micro=False)
    context = {
        "gift": found, "code": f"{code[:4]}-{code[4:]}", "qr": qr.svg_data_uri(border=4, scale=4, light="#fff"),
        "start": _base(request) + reverse("furusato:start"), "last_day": last_day(found.year),
    }  # fmt: skip
    return render(request, "backoffice/furusato/paper.html", context)


def _base(request: HttpRequest) -> str:
    return (settings.PUBLIC_ADDRESS or request.build_absolute_uri("/")).rstrip("/")


def _address(request: HttpRequest, number: str, code: str) -> str:
    return _base(request) + reverse("furusato:open", args=[number, code])


@needs(Authority.GIFTS)
@require_POST
def papers_file(request: HttpRequest) -> HttpResponse:
    """Number, digits and the QR's address of every gift of a year, for printing them onto the papers."""
    year = _year(request)
    rows = [
        (number, code, _address(request, number, code))
        for number, code in desk.papers(year=year, by=actor_of(request), now=timezone.now())
    ]
    return file_response(
        _csv((), ("寄附番号", "8けたの数字", "QRコードの中身"), rows),
        f"furusato-papers-{year}.csv",
        "text/csv; charset=utf-8",
    )


@needs(Authority.GIFTS)
@require_POST
def notice_file(request: HttpRequest, kind: str) -> HttpResponse:
    """What the donors' own municipalities are to be told of a year, as a file: ours, not the official form."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    year = _year(request)
    rows = [_notice_row(one) for one in desk.notice(year=year, by=actor_of(request), now=timezone.now())]
    name = f"furusato-list-{year}.{kind}"
    if kind == "xlsx":
        return file_response(workbook_of([PageOut(f"{year}年寄附分", HEADING, rows, (OURS,))]), name, XLSX)
    return file_response(_csv((OURS,), HEADING, rows), name, "text/csv; charset=utf-8")


def _notice_row(one: desk.NoticeLine) -> tuple[Cell, ...]:
    return (
        one.municipality, one.number, one.receipt, one.name, one.kana, one.birth.isoformat() if one.birth else "",
        SEXES.get(one.sex, ""), one.postal_code, one.address, one.given_on.isoformat(), one.yen,
        "あり" if one.changed else "", "別に扱う" if one.withheld else "",
    )  # fmt: skip


def _csv(notes: tuple[str, ...], heading: tuple[str, ...], rows: list[Any]) -> bytes:
    """As CSV for Excel; what could be taken for a formula is told to be a text."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([note] for note in notes)
    writer.writerow(heading)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
