"""棚卸し: the national survey is taken in, searched, and its procedures put on the city's own list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.catalogue import tasks
from madoguchi.catalogue.inventory import national, settings
from madoguchi.catalogue.inventory.city_list import add_from_survey
from madoguchi.catalogue.inventory.survey_columns import VOLUMES
from madoguchi.catalogue.inventory.survey_file import SHIPPED
from madoguchi.catalogue.inventory.taking_in import SurveyUnderWay, receive_survey, show_survey
from madoguchi.channels.backoffice.chart import burn_up_chart
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.connect import inventory

MOST_ADDED = 3000
SHOWN_REFUSALS = 100
LONGEST_WORDS = 200


@needs(Authority.CATALOGUE)
def overview(request: HttpRequest) -> HttpResponse:
    """The inventory at a glance."""
    return render(request, "backoffice/inventory/overview.html", _overview([]))


def _overview(problems: list[str]) -> dict[str, Any]:
    seen = inventory.overview(inventory.lines(), today=timezone.localdate())
    steps = settings.definition().steps
    return {
        "problems": problems,
        "surveys": national.surveys(),
        "seen": seen,
        "steps": [
            {"number": number, "label": steps[number - 1].label, "count": n}
            for number, n in seen.by_step.items()
        ],
        "chart": burn_up_chart(seen.burn_up, seen.total),
        "plan": settings.plan(),
    }


@needs(Authority.CATALOGUE)
@require_POST
def take_in(request: HttpRequest) -> HttpResponse:
    """Receive a survey, or take the one that ships with the product; the worker takes it in."""
    file = request.FILES.get("file")
    if request.POST.get("shipped"):
        name, content, title = SHIPPED.name, SHIPPED.read_bytes(), _("令和6年度 行政手続等の棚卸")
    elif file is not None:
        name, content, title = str(file.name), file.read(), request.POST.get("title", "") or str(file.name)
    else:
        problems = [_("ファイルを選んでください。")]
        return render(request, "backoffice/inventory/overview.html", _overview(problems), status=422)
    try:
        survey = receive_survey(
            title=_plain(title),
            file_name=_plain(name),
            content=content,
            by=actor_of(request),
            now=timezone.now(),
        )
    except SurveyUnderWay as error:
        return render(request, "backoffice/inventory/overview.html", _overview([str(error)]), status=409)
    tasks.take_in.enqueue(survey)
    return redirect("backoffice:survey", survey)


def _plain(text: str) -> str:
    return "".join(one for one in text if one.isprintable()).strip()


@needs(Authority.CATALOGUE)
def survey(request: HttpRequest, survey: int) -> HttpResponse:
    """How far a survey is, and what became of its rows; the bar alone when the page asks for it."""
    found = national.survey(survey)
    if found is None:
        raise Http404
    only_bar = getattr(request, "htmx", False) and found.under_way
    template = "survey_progress" if only_bar else "survey"
    context = {"survey": found, "refusals": national.refusals(survey)[:SHOWN_REFUSALS]}
    answer = render(request, f"backoffice/inventory/{template}.html", context)
    if getattr(request, "htmx", False) and not found.under_way:
        answer["HX-Refresh"] = "true"
    return answer


@needs(Authority.CATALOGUE)
@require_POST
def show(request: HttpRequest, survey: int) -> HttpResponse:
    """Let lists show this survey."""
    try:
        show_survey(survey=survey, by=actor_of(request), now=timezone.now())
    except LookupError as error:
        raise Http404 from error
    messages.success(request, _("一覧に出す調査を変えました。"))
    return redirect("backoffice:inventory")


def query_of(data: QueryDict) -> national.NationalQuery:
    """What is looked for, as it stands in an address or a form; an unknown choice counts as none."""

    def one_of(name: str, known: dict[str, str]) -> str:
        given = data.get(name, "")
        return given if given in known else ""

    return national.NationalQuery(
        words=_plain(data.get("q", ""))[:LONGEST_WORDS],
        kind=one_of("kind", national.KINDS),
        receiver=one_of("receiver", {**national.RECEIVERS, "local": ""}),
        online=one_of("online", national.ONLINE),
        law=_plain(data.get("law", ""))[:LONGEST_WORDS],
        at_city=data.get("at_city", "") == "1",
    )


@needs(Authority.CATALOGUE)
def procedures(request: HttpRequest) -> HttpResponse:
    """Search the survey."""
    query = query_of(request.GET)
    shown = national.current_survey()
    page = national.find(query, whole_number(request.GET.get("page", "")) or 1)
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "query": query,
        "page": page,
        "survey": shown,
        "kept": kept.urlencode(),
        "kinds": national.KINDS,
        "receivers": {"local": _("地方等を含むすべて"), **national.RECEIVERS},
        "onlines": national.ONLINE,
    }
    return render(request, "backoffice/inventory/national.html", context)


@needs(Authority.CATALOGUE)
def procedure(request: HttpRequest, number: str) -> HttpResponse:
    """One procedure of the survey with every column and its ease."""
    found = national.procedure_of(number)
    if found is None:
        raise Http404
    ease, volume = inventory.ease_of(found)
    context = {
        "found": found,
        "ease": ease,
        "volume": volume,
        "ours": inventory.our_procedures(number),
        "counted": [column.value for column in VOLUMES],
        "survey": national.current_survey(),
    }
    return render(request, "backoffice/inventory/national_one.html", context)


@needs(Authority.CATALOGUE)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put the ticked procedures, or everything that a search finds, on the city's list."""
    if request.POST.get("all"):
        query = query_of(request.POST)
        numbers: tuple[str, ...] = national.numbers_of(query, MOST_ADDED + 1)
    else:
        numbers = tuple(dict.fromkeys(request.POST.getlist("number")))
    back = redirect(f"{request.path.removesuffix('add/')}?{_narrow(request.POST)}")
    if not numbers:
        messages.error(request, _("加える手続きを選んでください。"))
        return back
    if len(numbers) > MOST_ADDED:
        messages.error(
            request,
            _("一度に加えられるのは%(most)d件までです。条件で絞ってください。") % {"most": MOST_ADDED},
        )
        return back
    added, there = add_from_survey(numbers=numbers, by=actor_of(request), now=timezone.now())
    messages.success(
        request,
        _("市の一覧に%(added)d件を加えました（もうあったもの %(there)d件）。")
        % {"added": added, "there": there},
    )
    return redirect("backoffice:city_list")


def _narrow(data: QueryDict) -> str:
    kept = QueryDict(mutable=True)
    for name in ("q", "kind", "receiver", "online", "law", "at_city"):
        if value := data.get(name):
            kept[name] = value
    return kept.urlencode()
