"""The plan of reception as it stands, written as the file that describes it again (受付計画の書き出し)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from madoguchi.booking.offering import Offer
from madoguchi.booking.plan_file import WEEKDAYS, ReceptionPlan
from madoguchi.booking.services import Hours, Lane, Names, Service
from madoguchi.booking.tickets.order import QueueRules


def written(plan: ReceptionPlan) -> str:
    """The plan as a file; read again, it is the same plan."""
    return "\n".join((*_lines(plan.offer), *_rules(plan.rules))).strip() + "\n"


def _lines(offer: Offer) -> Iterator[str]:
    for service in offer.services:
        yield from _service(service)
    for lane in offer.lanes:
        yield from _lane(lane)
    for place, spans in sorted(offer.hours.items()):
        for span in spans:
            yield from (
                "",
                "[[hours]]",
                f'lanes = ["{"/".join(place)}"]',
                f'days = ["{WEEKDAYS[span.weekday.value]}"]',
            )
            yield from _span(span)
            yield from (
                f"{name} = {day}" for name, day in (("since", span.since), ("until", span.until)) if day
            )
    for place, days in sorted(offer.single_days.items()):
        for one in days:
            head = (f'lanes = ["{"/".join(place)}"]', f"day = {one.day}", f"note = {_quoted(one.note)}")
            if not one.spans:
                yield from ("", "[[closing]]", *head)
            for span in one.spans:
                yield from ("", "[[opening]]", *head, *_span(span))


def _rules(rules: Mapping[str, QueueRules]) -> Iterator[str]:
    for branch, one in sorted(rules.items()):
        yield from ("", "[[rules]]", f"branches = {_listed((branch,))}")
        for name, value in asdict(one).items():
            yield f"{name} = {json.dumps(value)}"


def _service(one: Service) -> Iterator[str]:
    yield from ("", "[[service]]", f"key = {_quoted(one.key)}", f"name = {_quoted(one.name)}")
    yield from (f"minutes = {one.minutes}", f"letter = {_quoted(one.letter)}")
    yield f"department = {_quoted(one.department)}"
    if one.event:
        yield f"event = {_quoted(one.event)}"
    if not one.bookable:
        yield "bookable = false"
    yield from _names(one.names)


def _lane(one: Lane) -> Iterator[str]:
    yield from ("", "[[lane]]", f"branch = {_quoted(one.branch)}", f"key = {_quoted(one.key)}")
    yield from (
        f"name = {_quoted(one.name)}",
        f"services = {_listed(one.services)}",
        f"desks = {_listed(one.desks)}",
    )
    if one.officers_come:
        yield "officers_come = true"
    yield from _names(one.names)


def _names(names: Names) -> Iterator[str]:
    if names:
        yield f"names = {{ {', '.join(f'{tag} = {_quoted(words)}' for tag, words in names)} }}"


def _span(one: Hours) -> Iterator[str]:
    yield from (
        f"begins = {one.begins}",
        f"ends = {one.ends}",
        f"desks = {one.desks}",
        f"seats = {one.seats}",
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _listed(words: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, words))}]"
