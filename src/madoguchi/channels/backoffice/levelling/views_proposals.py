"""配置の案: asked for, made by the worker, looked at, taken to Excel and back, adopted, and compared with the day as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.booking.levelling import operations, queries, tasks
from madoguchi.booking.levelling.book import RosterBookRefused, book_of, place_name, roster_from
from madoguchi.booking.levelling.proposing import LanePlan, LevellingPlan, NothingToPlan
from madoguchi.booking.levelling.roster import Officer, Roster, short_of, span_words, stretches, words
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.backoffice.levelling.charts import day_chart
from madoguchi.channels.backoffice.levelling.common import XLSX, looked_at
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of, branch_names
from madoguchi.spreadsheets.grid import GridRefused
from madoguchi.spreadsheets.workbook import WorkbookRefused

REFUSED = (operations.NotThisDay, operations.ProposalUnderWay, operations.NotReady, NothingToPlan)


@needs(Authority.LEVELLING)
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Ask for a proposal; the worker makes it."""
    looked = looked_at(request, request.POST)
    try:
        number = operations.ask_for_proposal(
            branch=looked.branch,
            day=looked.day,
            target_minutes=looked.target,
            by=actor_of(request),
            now=timezone.now(),
        )
    except REFUSED as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('backoffice:levelling')}?{looked.address}")
    tasks.propose.enqueue(number)
    return redirect("backoffice:proposal", number)


@needs(Authority.LEVELLING)
def proposal(request: HttpRequest, proposal: int) -> HttpResponse:
    """How far a proposal is, and what it says; the bar alone when the page asks for it."""
    return _page(request, proposal, [])


def _page(request: HttpRequest, number: int, problems: list[str]) -> HttpResponse:
    found = queries.proposal(number)
    if found is None:
        raise Http404
    line, plan = found
    htmx = bool(getattr(request, "htmx", False))
    template = "progress" if htmx and line.under_way else "proposal"
    context: dict[str, Any] = {
        "proposal": line,
        "branch_name": branch_names().get(line.branch, line.branch),
        "problems": problems,
    }
    if plan is not None:
        context |= _of_plan(line.branch, plan)
    answer = render(
        request, f"backoffice/levelling/{template}.html", context, status=422 if problems else 200
    )
    if htmx and not line.under_way:
        answer["HX-Refresh"] = "true"
    return answer


def _of_plan(branch: str, plan: LevellingPlan) -> dict[str, Any]:
    roster = plan.roster if isinstance(plan.roster, Roster) else None
    short = short_of(plan.task, roster) if roster else {}
    return {
        "plan": plan,
        "roster": [
            {"name": one.name, "spans": list(_spans(plan, roster, one)), "seated": len(roster.places.get(one.key, {})) * 15}
            for one in plan.officers
        ]
        if roster
        else [],
        "hours": [(words(quarter), quarter % 4 == 0) for quarter in plan.task.quarters],
        "changes": roster.changes() if roster else 0,
        "why_not": [] if roster else plan.roster.sentences,  # type: ignore[union-attr]  # a NoRoster where no Roster
        "lanes": [_lane(one) for one in plan.lanes],
        "short": [
            {"name": lane.name, "spans": "、".join(span_words(*span) for span in stretches(there))}
            for lane in plan.lanes
            if (there := {quarter: 1 for (key, quarter) in short if key == lane.lane})
        ],
        "compared": queries.compared(branch, plan, today=timezone.localdate()),
    }  # fmt: skip


def _spans(plan: LevellingPlan, roster: Roster, officer: Officer) -> Iterator[dict[str, Any]]:
    """Where somebody is, one cell for each stretch."""
    cells: list[tuple[str, int, int]] = []
    for quarter in plan.task.quarters:
        name = place_name(plan, roster, officer, quarter)
        if cells and cells[-1][0] == name:
            cells[-1] = (name, cells[-1][1], quarter + 1)
        else:
            cells.append((name, quarter, quarter + 1))
    numbers = {one.name: number % 6 for number, one in enumerate(plan.lanes)}
    for name, first, end in cells:
        yield {
            "name": name,
            "kind": f"lane{numbers[name]}" if name in numbers else ("lunch" if name == "昼" else "none"),
            "length": end - first,
            "span": span_words(first, end),
        }


def _lane(one: LanePlan) -> dict[str, Any]:
    shown = one.after or one.needed
    quarters = [quarter.quarter for quarter in one.demand.quarters]
    return {
        "plan": one,
        "chart": day_chart(one.demand, [shown[quarter - one.first] for quarter in quarters]),
        "rows": [
            {
                "at": words(quarter.quarter),
                "band": quarter.band,
                "before": one.before[quarter.quarter - one.first],
                "needed": one.needed[quarter.quarter - one.first],
                "after": one.after[quarter.quarter - one.first] if one.after else None,
            }
            for quarter in one.demand.quarters
        ],
        "saved": one.effect_before.wait.mean - one.effect_after.wait.mean if one.effect_after else None,
        "too_long_before": one.effect_before.too_long.mean * 100,
        "too_long_after": one.effect_after.too_long.mean * 100 if one.effect_after else None,
    }


@needs(Authority.LEVELLING)
@require_POST
def adopt_proposal(request: HttpRequest, proposal: int) -> HttpResponse:
    """Make it the plan of its day."""
    try:
        operations.adopt(proposal=proposal, by=actor_of(request), now=timezone.now())
    except LookupError as error:
        raise Http404 from error
    except operations.NotReady as error:
        return _page(request, proposal, [str(error)])
    messages.success(request, _("この案を、この日の配置に決めました。"))
    return redirect("backoffice:proposal", proposal)


@needs(Authority.LEVELLING)
def book(request: HttpRequest, proposal: int) -> HttpResponse:
    """The roster as Excel."""
    found = queries.proposal(proposal)
    if found is None or found[1] is None:
        raise Http404
    return file_response(book_of(found[1]), f"roster-{found[0].day.isoformat()}.xlsx", XLSX)


@needs(Authority.LEVELLING)
@require_POST
def take_book(request: HttpRequest, proposal: int) -> HttpResponse:
    """An edited roster: judged by the rules, then its effect is run as a proposal of its own."""
    found = queries.proposal(proposal)
    if found is None:
        raise Http404
    file: Any = request.FILES.get("file")
    if file is None or found[1] is None:
        return _page(request, proposal, [_("ファイルを選んでください。")])
    try:
        roster = roster_from(found[1], file)
        number = operations.take_roster_in(
            proposal=proposal, roster=roster, by=actor_of(request), now=timezone.now()
        )
    except (RosterBookRefused, operations.RulesBroken) as error:
        return _page(request, proposal, list(error.sentences[:20]))
    except (GridRefused, WorkbookRefused, *REFUSED) as error:
        return _page(request, proposal, [str(error)])
    tasks.propose.enqueue(number)
    return redirect("backoffice:proposal", number)
