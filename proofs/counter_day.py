"""A scripted day at the counter over HTTP, what its screens confirmed, and whether the database holds exactly that.

A visit is ten acts: opened, the certificate copied, who came, five answers, one step back, put aside. Every visit is the same, so
that each act of an undisturbed one says how many facts and people the same act of a disturbed one has to have. `Visit.confirmed`
counts what a screen showed as saved (the answer that leads on); `wrong_with` compares: all that was confirmed is there, at most
one act more (in flight, its answer lost), each act whole, with its step in the audit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ANSWERS = 5
ON = 302
_HIDDEN = r'name="{}" value="([^"]*)"'
# Status, where it leads on to, page; None: no answer came.
Asked = Callable[[str, str, dict[str, str] | None], tuple[int, str, str] | None]
CERTIFICATE = {
    "planned_move_out_date": "R8.10.25", "old_address": "京都府京都市中京区1",
    "new_address": "まど県まどか市窓口町二丁目3番地の5", "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0",
    "form-0-name": "架空 一", "form-0-birth": "S59.5.2", "form-0-sex": "female", "form-0-relationship": "世帯主",
    "form-0-nationality_class": "jp", "form-1-name": "架空 二", "form-1-birth": "H30.4.2", "form-1-sex": "male",
    "form-1-relationship": "子", "form-1-nationality_class": "jp",
}  # fmt: skip


@dataclass
class Visit:
    """One visit as the clerk sees it."""

    ask: Asked
    case: str = ""
    confirmed: int = 0
    fields: dict[str, str] = field(default_factory=dict)

    def acts(self) -> Iterator[Callable[[], bool]]:
        """What is done, one after the other; each says whether the screen showed it as saved."""
        yield self._open
        yield lambda: self._post("certificate/", {**CERTIFICATE, "move_date": _wareki_today()})
        yield lambda: self._post(
            "visitor/",
            {"kind": "self", "person": "p1", "name": "", "phone": "", "documents": "my_number_card"},
        )
        for _number in range(ANSWERS):
            yield self._answer
        yield lambda: self._post("undo/", {})
        yield lambda: self._post("park/", {})

    def go(self) -> None:
        """Until an act is not confirmed, or to the end."""
        for act in self.acts():
            if not act():
                return
            self.confirmed += 1

    def _open(self) -> bool:
        told = self.ask("POST", "/cases/open/", {"event": "move_in", "practice": ""})
        if told is None or told[0] != ON or "/cases/" not in told[1]:
            return False
        self.case = told[1].split("/")[2]
        return True

    def _post(self, page: str, said: dict[str, str]) -> bool:
        told = self.ask("POST", f"/cases/{self.case}/{page}", said)
        return told is not None and told[0] == ON and "/login" not in told[1]

    def _answer(self) -> bool:
        shown = self.ask("GET", f"/cases/{self.case}/hearing/", None)
        if shown is None:
            return False
        prompt, version = (re.search(_HIDDEN.format(name), shown[2]) for name in ("prompt", "version"))
        if prompt is None or version is None:
            return False
        return self._post("answer/", {"prompt": prompt[1], "version": version[1], "go": "unknown"})


def _wareki_today() -> str:
    from django.utils import timezone

    today = timezone.localdate()
    return f"R{today.year - 2018}.{today.month}.{today.day}"


def build(own: Path) -> dict[str, str]:
    """The invented city, and the cookies of a clerk who is signed in; made once, on the database that Django knows."""
    from django.test import Client
    from django.utils import timezone

    from madoguchi.city.models import StaffMember
    from madoguchi.config import demo_city

    if not StaffMember.objects.filter(username="clerk").exists():
        demo_city.build(residents=20, now=timezone.now())
    client = Client()
    clerk = StaffMember.objects.get(username="clerk")
    client.force_login(clerk, "django.contrib.auth.backends.ModelBackend")
    return {"csrftoken": "k" * 32, **{name: one.value for name, one in client.cookies.items()}}


def in_process(cookies: dict[str, str]) -> Asked:
    """Requests straight to the application in this process; an exception in a view is an answer of 500."""
    from django.test import Client

    client = Client(raise_request_exception=False)
    client.cookies.load(cookies)

    def ask(method: str, path: str, fields: dict[str, str] | None) -> tuple[int, str, str]:
        answer = client.post(path, fields or {}) if method == "POST" else client.get(path)
        return answer.status_code, answer.headers.get("Location", ""), answer.content.decode(errors="replace")

    return ask


Act = tuple[str, int, int]


def acts_of(case: str) -> list[Act]:
    """The acts of a case in order: kind, how many facts, how many people."""
    from madoguchi.cases.models import ActRow, FactRow, PersonRow

    return [
        (one.kind, FactRow.objects.filter(act=one).count(), PersonRow.objects.filter(act=one).count())
        for one in ActRow.objects.filter(case__public_id=case).order_by("number")
    ]


def wrong_with(visit: Visit, undisturbed: list[Act]) -> Iterator[str]:
    """What is wrong with a visit after everything was started again, in sentences."""
    from madoguchi.audit.queries import steps_of
    from madoguchi.cases.models import CaseRow

    if not visit.case:
        return
    there = acts_of(visit.case)
    if len(there) < visit.confirmed:
        yield f"lost: {visit.confirmed} acts were shown as saved, {len(there)} are there"
    if len(there) > visit.confirmed + 1:
        yield f"{len(there)} acts are there, {visit.confirmed} were shown as saved"
    if there != undisturbed[: len(there)]:
        yield f"half: {there[-1:]} instead of {undisturbed[len(there) - 1 : len(there)]}"
    row = CaseRow.objects.filter(public_id=visit.case).first()
    if row is None or row.version != len(there):
        yield f"half: version {row and row.version} with {len(there)} acts"
    if len(steps_of(visit.case)) != len(there):
        yield f"half: {len(steps_of(visit.case))} steps in the audit with {len(there)} acts"


def unowned() -> int:
    """Cases without an act: opened by half."""
    from madoguchi.cases.models import CaseRow

    return CaseRow.objects.filter(acts__isnull=True).count()
