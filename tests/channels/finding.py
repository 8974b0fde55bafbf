"""Somebody who finds out which procedures they need, page by page with plain forms: at home, or at the machine in the hall."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from tests.rooms.cases.walking import ordinary

from madoguchi.cases.at_home import SaidAtHome
from madoguchi.channels.shared.answers import field_name
from madoguchi.channels.shared.finding.asking import Going, going
from madoguchi.channels.shared.finding.carried import AT_HOME_FOR, AT_MACHINE_FOR, from_field
from madoguchi.jp.wareki import format_wareki
from madoguchi.procedures.decide import Prompt
from madoguchi.procedures.facts import FactDefinition, FactRef, FactType, Value
from madoguchi.procedures.situation import EventKind

Answer = Callable[[FactRef, FactDefinition], Value | None]
_PROBLEM = re.compile(r'role="alert">(.*?)</div>', re.S)
_HIDDEN = re.compile(r'<input type="hidden" name="said" value="([^"]*)"')


def said_in(answer: HttpResponse) -> str:
    """The field that travels with the page."""
    found = _HIDDEN.search(answer.content.decode())
    assert found, answer.content.decode()[:2000]
    return html.unescape(found[1])


def fields_of(page: Prompt, answer: Answer) -> dict[str, object]:
    """The form as this answer fills it in; everything わからない presses that button."""
    fields: dict[str, object] = {"page": page.id, "go": "answer"}
    for ref, definition in zip(page.refs, page.definitions, strict=True):
        fields |= _field(field_name(ref), definition, answer(ref, definition))
    if all(key in ("page", "go") for key in fields):
        fields["go"] = "none" if definition.type is FactType.CHOICES else "unknown"
    return fields


def _field(name: str, definition: FactDefinition, value: Value | None) -> dict[str, object]:
    if value is None:
        return {name: "unknown"} if definition.type in (FactType.BOOLEAN, FactType.CHOICE) else {}
    if isinstance(value, bool):
        return {name: "yes" if value else "no"}
    if isinstance(value, date):
        era, rest = format_wareki(value)[:2], format_wareki(value)[2:]
        year, month, day = re.findall(r"元|\d+", rest)
        return {f"{name}-era": era, f"{name}-y": year, f"{name}-m": month, f"{name}-d": day}
    if isinstance(value, frozenset):
        return {name: sorted(value)} if value else {}
    return {name: str(value)}


@dataclass
class AtHome:
    """A browser without JavaScript that goes through `/find/`."""

    client: Client = field(default_factory=Client)
    pages: list[HttpResponse] = field(default_factory=list)

    @property
    def last(self) -> HttpResponse:
        return self.pages[-1]

    @property
    def purpose(self) -> str:
        return "find"

    def post(self, url: str, fields: Mapping[str, object]) -> HttpResponse:
        self.pages.append(self.client.post(url, fields))  # type: ignore[arg-type]  # the client's own response
        return self.last

    def begin(self, event: EventKind, people: tuple[str, ...]) -> None:
        self.post("/find/people/", {"event": event.value})
        self.post("/find/ask/", {"event": event.value, "person": list(people), "go": "begin"})

    def said(self) -> SaidAtHome:
        held = from_field(said_in(self.last), purpose=self.purpose, longest=AT_HOME_FOR, now=timezone.now())
        return held.said

    def at(self) -> Going:
        return going(self.said(), now=timezone.now())

    def answer(self, answer: Answer) -> bool:
        """Answer the page that is shown; False when there is none."""
        page = self.at().page
        if page is None:
            return False
        taken = self.post("/find/ask/", {"said": said_in(self.last), **fields_of(page, answer)})
        assert taken.status_code == 200, (
            page.refs,
            fields_of(page, answer),
            _PROBLEM.findall(taken.content.decode()),
        )
        return True

    def through(
        self, event: EventKind, people: tuple[str, ...], answer: Answer = lambda ref, one: ordinary(one, ref)
    ) -> Going:
        """The whole way to the list."""
        self.begin(event, people)
        for _ in range(100):
            if not self.answer(answer):
                return self.at()
        raise AssertionError("it does not end")


@dataclass
class AtMachine(AtHome):
    """The machine in the hall, on its large keys: one person and one question a page."""

    start: str = "/kiosk/main/find/"

    @property
    def purpose(self) -> str:
        return "kiosk"

    def begin(self, event: EventKind, people: tuple[str, ...]) -> None:
        self.post(f"{self.start}people/", {"event": event.value})
        for at, one in enumerate(people):
            self.post(f"{self.start}people/", {"event": event.value, "person": list(people[:at]), "add": one})
        self.post(f"{self.start}people/", {"event": event.value, "person": list(people), "go": "next"})

    def said(self) -> SaidAtHome:
        return from_field(
            said_in(self.last), purpose=self.purpose, longest=AT_MACHINE_FOR, now=timezone.now()
        ).said

    def at(self) -> Going:
        return going(self.said(), now=timezone.now(), one_by_one=True)

    def answer(self, answer: Answer) -> bool:
        page = self.at().page
        if page is None:
            return False
        ref, definition = page.refs[0], page.definitions[0]
        name, value = field_name(ref), answer(ref, definition)
        fields: dict[str, object] = {"page": page.id, "go": "answer"}
        if len(page.refs) > 1:
            for one in page.refs:
                fields |= _field(field_name(one), definition, answer(one, definition))
        elif value is None:
            fields["go"] = "none" if definition.type is FactType.CHOICES else "unknown"
        elif isinstance(value, date):
            fields |= {"field": name, "kind": "day", "era": "西暦", "typed": f"{value:%Y%m%d}"}
        elif definition.type is FactType.NUMBER:
            fields |= {"field": name, "kind": "number", "typed": str(value)}
        else:
            fields |= _field(name, definition, value)
            fields["go"] = "answer" if name in fields else "none"
        taken = self.post(f"{self.start}ask/", {"said": said_in(self.last), **fields})
        assert taken.status_code == 200 and "mdg-kiosk-problem" not in taken.content.decode(), (ref, fields)
        return True
