"""The addresses of the public interface (公開API): read-only, for anybody, without a key; nothing of a resident is in it."""

from __future__ import annotations

import json
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja import NinjaAPI, Path, Query, Schema
from ninja.errors import ValidationError
from pydantic import Field

from madoguchi.booking.offering import NoSuchService, NotOffered
from madoguchi.booking.slots import NotOpenThen
from madoguchi.catalogue.queries import NothingPublished, current, current_revision
from madoguchi.channels.api import offices, shapes
from madoguchi.channels.api import reading_procedures as reading
from madoguchi.channels.api.door import of_the_moment, published
from madoguchi.channels.api.problems import (
    ALWAYS,
    USUAL,
    WITH_BODY,
    CannotAnswer,
    Problem,
    problem,
    problem_response,
)
from madoguchi.channels.api.shapes import LanguageTag
from madoguchi.channels.api.situation_body import FIRST_YEAR, LAST_YEAR, read_body
from madoguchi.city.queries import branch_names, open_days
from madoguchi.jp.open_days import holiday_name
from madoguchi.procedures.commands import decide as decide_command
from madoguchi.procedures.commands import facts as facts_command
from madoguchi.procedures.situation import EventKind

MOST_DAYS = 400
WAITS_KEPT_SECONDS, SLOTS_KEPT_SECONDS = 30, 30


class EventQuery(Schema):
    """Which procedures, in which language."""

    language: LanguageTag = Field(
        LanguageTag.JA, description="文のことば。書かないときは Accept-Language、それもなければ日本語"
    )
    event: shapes.EventFilter = Field(shapes.EventFilter.ALL, description="きっかけになる異動。all はすべて")


class LanguageQuery(Schema):
    """In which language."""

    language: LanguageTag = Field(
        LanguageTag.JA, description="文のことば。書かないときは Accept-Language、それもなければ日本語"
    )


class DecisionQuery(Schema):
    """On which day."""

    on: shapes.DayIfSaid = Field(None, description="判定する日。書かないときは今日（日本時間）")


class DaysQuery(Schema):
    """From which day on, how many days."""

    begins: shapes.DayIfSaid = Field(None, description="はじめの日。書かないときは今日（日本時間）")
    days: int = Field(62, ge=1, le=MOST_DAYS, description="何日分か")


class TimesPath(Schema):
    """Of what the free times are asked."""

    branch: str
    service: str
    day: shapes.PathDay = Field(description="2026-11-09 のような日付")


api = NinjaAPI(
    title="窓口 公開API", version="1", openapi_url=None, docs_url=None, urls_namespace="api",
    description="手続台帳・判定・混雑・予約の空きを、だれでも、鍵なしで読めます。住民の情報は扱いません。送られた内容は保存も記録もしません。",
)  # fmt: skip
NOT_RIGHT = {
    "missing": "必要な項目がありません。",
    "enum": "その値は使えません。",
    "int_parsing": "整数ではありません。",
    "string_pattern_mismatch": "2026-11-09 のような、ある日付ではありません。",
}


@api.exception_handler(CannotAnswer)
def _cannot(_request: HttpRequest, refused: CannotAnswer) -> HttpResponse:
    answer = problem_response(refused.status, refused.faults)
    for name, value in refused.headers.items():
        answer[name] = value
    return answer


@api.exception_handler(ValidationError)
def _not_right(_request: HttpRequest, refused: ValidationError) -> HttpResponse:
    return problem_response(422, [_told(one) for one in refused.errors] or [USUAL[422]])


def _told(fault: dict[str, object]) -> Problem:
    place = fault.get("loc")
    where = str(place[-1]) if isinstance(place, list | tuple) and place else ""
    what = NOT_RIGHT.get(str(fault.get("type")), "値が範囲を外れています。")
    return problem(what, "openapi.json の型と範囲を確かめてください。", where)


@api.exception_handler(NothingPublished)
def _not_yet(_request: HttpRequest, _refused: NothingPublished) -> HttpResponse:
    return problem_response(503, [USUAL[503]])


@api.get(
    "procedures", url_name="procedures", operation_id="listProcedures", tags=["手続き"], summary="手続きの一覧",
    response={200: shapes.ProcedureList, **ALWAYS},
)  # fmt: skip
def procedures(request: HttpRequest, query: Query[EventQuery]) -> HttpResponse:
    """公開中の手続きを、持ち物・期限・根拠の法令・確認の印・担当・できる窓口とともに。"""
    only_known(request, EventQuery)
    tag = _language(request, query.language)
    event = None if query.event is shapes.EventFilter.ALL else EventKind(query.event.value)
    return published(request, reading.procedure_list(current_revision(), tag, event), language=_said(tag))


@api.get(
    "procedures/{str:procedure}", url_name="procedure", operation_id="getProcedure", tags=["手続き"],
    summary="手続きひとつ", response={200: shapes.OneProcedure, **ALWAYS},
)  # fmt: skip
def procedure(request: HttpRequest, procedure: str, query: Query[LanguageQuery]) -> HttpResponse:
    """id（child-allowance-claim）か番号（C01）で。"""
    only_known(request, LanguageQuery)
    tag = _language(request, query.language)
    body = reading.one_procedure(current_revision(), tag, procedure)
    if body is None:
        raise CannotAnswer(
            404,
            problem("その手続きはありません。", "/api/v1/procedures で id を確かめてください。", "procedure"),
        )
    return published(request, body, language=_said(tag))


@api.get(
    "events", url_name="events", operation_id="listEvents", tags=["判定"], summary="異動の種類",
    response={200: shapes.EventList, **ALWAYS},
)  # fmt: skip
def events(request: HttpRequest) -> HttpResponse:
    """判定に書ける異動の種類と、それがきっかけになる手続き。"""
    only_known(request)
    return published(request, reading.event_list(current_revision()))


@api.get(
    "facts", url_name="facts", operation_id="listFacts", tags=["判定"], summary="事実の用語表",
    response={200: list[shapes.FactShape], **ALWAYS},
)  # fmt: skip
def facts(request: HttpRequest) -> HttpResponse:
    """判定に書ける項目のすべて。`madoguchi facts --json` と同じ形です。"""
    only_known(request)
    return published(request, _bytes([facts_command.as_json(one) for one in current().vocabulary]))


@api.post(
    "decide", url_name="decide", operation_id="decide", tags=["判定"], summary="判定",
    response={200: shapes.AnswerShape, **WITH_BODY}, by_alias=True,
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Situation"}}}}},
)  # fmt: skip
def decide(request: HttpRequest, query: Query[DecisionQuery]) -> HttpResponse:
    """ある世帯に必要な手続きと、次に聞くこと。`madoguchi decide --json` と同じ答えです。送られた内容は残しません。"""
    only_known(request, DecisionQuery)
    pack = current()
    situation = read_body(request, pack)
    _told_pack, result = decide_command.answered(
        pack, situation, on=_day(query.on, "on"), open_days=open_days()
    )
    return of_the_moment(_bytes(decide_command.as_json(result)))


@api.get(
    "languages", url_name="languages", operation_id="listLanguages", tags=["手続き"], summary="ことば",
    response={200: shapes.LanguageList, **ALWAYS},
)  # fmt: skip
def languages(request: HttpRequest) -> HttpResponse:
    """手続きの文のことばと、どこまでそろっているか。"""
    only_known(request)
    return published(request, reading.language_list(current_revision()))


@api.get(
    "branches", url_name="branches", operation_id="listBranches", tags=["庁舎"], summary="庁舎と用件",
    response={200: shapes.BranchList, **ALWAYS},
)  # fmt: skip
def branches(request: HttpRequest) -> HttpResponse:
    """庁舎と、そこで受け付ける用件。"""
    only_known(request)
    return published(request, offices.branch_list(timezone.now()).model_dump_json().encode())


@api.get(
    "waits", url_name="waits", operation_id="listWaits", tags=["庁舎"], summary="いまの混雑",
    response={200: shapes.WaitList, **ALWAYS},
)  # fmt: skip
def waits(request: HttpRequest) -> HttpResponse:
    """庁舎と窓口の列ごとの、待っている人数と混み具合。番号も名前もありません。"""
    only_known(request)
    found = offices.waits(tuple(branch_names()), timezone.now())
    return of_the_moment(found.model_dump_json().encode(), seconds=WAITS_KEPT_SECONDS)


@api.get(
    "waits/{str:branch}", url_name="branch_waits", operation_id="getWaits", tags=["庁舎"],
    summary="ある庁舎のいまの混雑", response={200: shapes.WaitList, **ALWAYS},
)  # fmt: skip
def branch_waits(request: HttpRequest, branch: str) -> HttpResponse:
    """一つの庁舎だけ。"""
    only_known(request)
    if branch not in branch_names():
        raise _no_branch()
    return of_the_moment(
        offices.waits((branch,), timezone.now()).model_dump_json().encode(), seconds=WAITS_KEPT_SECONDS
    )


@api.get(
    "slots/{str:branch}/{str:service}", url_name="slot_days", operation_id="listFreeDays", tags=["予約"],
    summary="予約の空いている日", response={200: shapes.FreeDays, **ALWAYS},
)  # fmt: skip
def slot_days(request: HttpRequest, branch: str, service: str, query: Query[DaysQuery]) -> HttpResponse:
    """予約できる期間（60日先まで）のうち、頼まれた日の空き具合。読むだけで、席はおさえません。"""
    only_known(request, DaysQuery)
    first = _day(query.begins, "begins")
    try:
        found = offices.free_days(branch, service, first, query.days, timezone.now())
    except (NoSuchService, NotOffered) as error:
        raise _not_bookable() from error
    return of_the_moment(found.model_dump_json().encode(), seconds=SLOTS_KEPT_SECONDS)


@api.get(
    "slots/{str:branch}/{str:service}/{str:day}", url_name="slot_times", operation_id="listFreeTimes",
    tags=["予約"], summary="予約の空いている時刻", response={200: shapes.FreeTimes, **ALWAYS},
)  # fmt: skip
def slot_times(request: HttpRequest, place: Path[TimesPath]) -> HttpResponse:
    """ある日の、予約できる時刻。満席の時刻は出ません。"""
    only_known(request)
    try:
        found = offices.free_times(place.branch, place.service, _day(place.day, "day", 404), timezone.now())
    except (NoSuchService, NotOffered, NotOpenThen) as error:
        raise _not_bookable() from error
    return of_the_moment(found.model_dump_json().encode(), seconds=SLOTS_KEPT_SECONDS)


@api.get(
    "open-days", url_name="open_days", operation_id="listOpenDays", tags=["庁舎"], summary="開庁日",
    response={200: shapes.OpenDayList, **ALWAYS},
)  # fmt: skip
def open_day_list(request: HttpRequest, query: Query[DaysQuery]) -> HttpResponse:
    """市が開いている日。臨時の開庁・閉庁も入っています。"""
    only_known(request, DaysQuery)
    first, calendar = _day(query.begins, "begins"), open_days()
    days = [first + timedelta(days=step) for step in range(query.days)]
    told = shapes.OpenDayList(
        days=[shapes.OpenDay(day=day, open=calendar.is_open(day), holiday=holiday_name(day)) for day in days]
    )
    return published(request, told.model_dump_json().encode())


@api.get(
    "health", url_name="health", operation_id="health", tags=["そのほか"], summary="動いているか",
    response={200: shapes.Health, **ALWAYS},
)  # fmt: skip
def health(request: HttpRequest) -> HttpResponse:
    """データベースが答え、手続台帳が公開されていれば ok。"""
    only_known(request)
    return of_the_moment(_bytes({"status": "ok", "revision": current_revision()}))


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _day(said: str | None, where: str, status: int = 422) -> date:
    """The day that was said; today in Japan when none was. Raises CannotAnswer."""
    if not said:
        return timezone.localdate()
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise CannotAnswer(
            status, problem("その日付はありません。", f"{FIRST_YEAR}年から{LAST_YEAR}年までの日付を 2026-11-09 の形で書いてください。", where)
        ) from error  # fmt: skip


def _language(request: HttpRequest, said: LanguageTag) -> str:
    """What the address says, else the first that the reader prefers and that there is, else Japanese."""
    if "language" in request.GET:
        return str(said.value)
    known = {str(one.value).lower(): str(one.value) for one in LanguageTag}
    for wanted, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        found = known.get(wanted) or known.get(wanted.split("-")[0])
        if found:
            return found
    return reading.JAPANESE


def _said(tag: str) -> str:
    """What an answer says of its language: plain Japanese is Japanese."""
    return reading.JAPANESE if tag.startswith(reading.JAPANESE) else tag


def only_known(request: HttpRequest, *of: type[Schema]) -> None:
    """A word that nobody knows is no wish that was heard: it is said. Raises CannotAnswer."""
    known = {name for one in of for name in one.model_fields}
    strange = [name for name in request.GET if name not in known]
    if strange:
        told = "、".join(sorted(known)) or "なし"
        raise CannotAnswer(422, problem("知らない項目です。", f"使えるもの: {told}。", strange[0]))


def _no_branch() -> CannotAnswer:
    return CannotAnswer(
        404, problem("その庁舎はありません。", "/api/v1/branches で鍵を確かめてください。", "branch")
    )


def _not_bookable() -> CannotAnswer:
    return CannotAnswer(
        404, problem("その庁舎では、その用件の予約を受け付けていません。", "/api/v1/branches で鍵を確かめてください。")
    )  # fmt: skip
