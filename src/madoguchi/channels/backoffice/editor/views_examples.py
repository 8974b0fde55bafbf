"""例: a household is put together, the outcome is seen at once, and kept as an example of how it must come out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from madoguchi.channels.backoffice.editor.common import draft_of, is_open, kept, pack_of_draft, plain
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.jp.wareki import WarekiError, format_wareki, parse_date_text
from madoguchi.procedures.editing.layers import procedure_values, with_procedure
from madoguchi.procedures.editing.trying import (
    ON,
    Household,
    Tried,
    facts_read,
    households,
    tried_on,
    try_procedure,
    with_example,
)
from madoguchi.procedures.facts import FactDefinition, FactType, Holder
from madoguchi.procedures.packs import Pack, Procedure
from madoguchi.procedures.situation import EventKind
from madoguchi.procedures.situation_file import SituationFaults, read_situation

ALWAYS = ("birth_date", "relationship")


@needs(Authority.CATALOGUE)
def examples(request: HttpRequest, draft: int, procedure: str) -> HttpResponse:
    """Put a household together for a procedure; see what comes out; keep it, or take an example away."""
    found = draft_of(draft)
    values = procedure_values(found.layers, procedure)
    pack = pack_of_draft(found)
    trial = try_procedure(pack, values, file=f"{procedure}.toml") if values.get("id") else None
    if trial is None or trial.procedure is None:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    builder = _Builder(pack, trial.procedure, given)
    problems = list(builder.problems)
    if request.method == "POST" and is_open(found) and not problems:
        changed, what, problems = _acted(request.POST, values, builder)
        if changed is not None:
            problems = kept(request, found, with_procedure(found.layers, procedure, changed), what)
            if not problems:
                return redirect("backoffice:draft_procedure", draft, procedure)
    context = {
        "draft": found, "open": is_open(found), "id": procedure, "name": values["name"], "problems": problems,
        "builder": builder.shown(), "example_name": plain(given.get("name", ""), 100), "examples": [one.get("name", "") for one in values.get("example", [])],
    }  # fmt: skip
    return render(request, "backoffice/editor/examples.html", context, status=422 if problems else 200)


def _acted(
    post: QueryDict, values: Mapping[str, Any], builder: _Builder
) -> tuple[dict[str, Any] | None, str, list[str]]:
    word, _colon, text = post.get("act", "").partition(":")
    if word == "keep":
        name = plain(post.get("name", ""), 100)
        if not name:
            return None, "", [_("例の名前を入れてください（例: 75歳の方は申請できる）。")]
        if post.get("seen") != builder.seen():
            return (
                None,
                "",
                [_("入れた内容で結果が変わりました。下の結果を確かめて、もう一度加えてください。")],
            )
        return with_example(values, builder.example(name)), _("例「%(name)s」を加える") % {"name": name}, []
    if word == "remove":
        left = list(values.get("example", []))
        place = whole_number(text)
        if place is not None and place < len(left):
            gone = left.pop(place)
            return {**values, "example": left}, _("例「%(name)s」を消す") % {"name": gone.get("name", "")}, []
    return None, "", []


class _Builder:
    """A household as the form says it, from one of the invented ones; its outcome."""

    def __init__(self, pack: Pack, procedure: Procedure, given: QueryDict) -> None:
        self._pack, self._procedure, self._given = pack, procedure, given
        self._household = next(
            (one for one in households() if one.key == given.get("household")), households()[0]
        )
        events = sorted(procedure.events, key=lambda one: list(EventKind).index(one))
        self._event = next((one for one in events if one.value == given.get("event")), events[0])
        self._events = events
        self._same = given.get("of") == self._household.key
        self.problems: list[str] = []
        self._facts = self._fields()
        self._data = self._situation()
        self._tried = self._try()

    def _fields(self) -> dict[Holder, list[FactDefinition]]:
        read = facts_read(self._procedure)
        people = dict.fromkeys([*ALWAYS, *(key for holder, key in read if holder is Holder.PERSON)])
        keys = {
            Holder.PERSON: list(people),
            Holder.HOUSEHOLD: [key for holder, key in read if holder is Holder.HOUSEHOLD],
            Holder.EVENT: [key for holder, key in read if holder is Holder.EVENT],
        }
        return {
            holder: [one for key in names if (one := self._pack.fact(holder, key)) is not None]
            for holder, names in keys.items()
        }

    def _situation(self) -> dict[str, Any]:
        base: Household = self._household
        people = []
        for person in base.data["people"]:
            said = dict(person)
            for one in self._facts[Holder.PERSON]:
                self._take(said, one, f"{person['id']}.{one.key}")
            people.append(said)
        event = {key: value for key, value in base.data["event"].items() if key != "kind"}
        household: dict[str, Any] = {}
        for holder, about, prefix in (
            (Holder.EVENT, event, "event"),
            (Holder.HOUSEHOLD, household, "household"),
        ):
            for one in self._facts[holder]:
                self._take(about, one, f"{prefix}.{one.key}")
        data: dict[str, Any] = {"event": {"kind": self._event.value, **event}, "people": people}
        return data | ({"household": household} if household else {}) | {
            key: base.data[key] for key in ("notified_on", "claimant") if key in base.data
        }  # fmt: skip

    def _take(self, said: dict[str, Any], one: FactDefinition, name: str) -> None:
        """Put what the form says of a fact into `said`; before the form was sent the household's own stays."""
        if not self._same:
            return
        said.pop(one.key, None)
        text = plain(self._given.get(name, ""), 200)
        if one.type is FactType.CHOICES:
            codes = [
                code for code in self._given.getlist(name) if code in {choice.code for choice in one.choices}
            ]
            if codes or text == "none":
                said[one.key] = codes
        elif text:
            value = self._read(one, text)
            if value is not None:
                said[one.key] = value

    def _read(self, one: FactDefinition, text: str) -> Any:
        match one.type:
            case FactType.BOOLEAN:
                return text == "yes"
            case FactType.NUMBER:
                number = whole_number(text)
                if number is None:
                    self.problems.append(
                        _("「%(label)s」は0以上の整数で入れてください。") % {"label": one.label}
                    )
                return number
            case FactType.DATE:
                try:
                    day = parse_date_text(text)
                except WarekiError as error:
                    self.problems.append(str(error))
                    return None
                return day if isinstance(day, date) else None
            case _:
                return text

    def _try(self) -> Tried | None:
        facts = {(one.holder, one.key): one for one in self._pack.vocabulary}
        try:
            situation = read_situation(self._data, facts)
        except SituationFaults as faults:
            self.problems += [f"{one.message}{one.remedy}" for one in faults.faults]
            return None
        return tried_on(self._pack, self._procedure, self._household.name, situation, ON)

    def example(self, name: str) -> dict[str, Any]:
        """The household with its outcome, as a worked example of the file."""
        assert self._tried is not None, "without a situation there were problems"
        expect = {one.subject: one.decision.status.value for one in self._tried.outcomes}
        deadlines = {
            one.subject: one.decision.deadline
            for one in self._tried.outcomes
            if one.decision.deadline is not None
        }
        return {
            "name": name,
            "on": ON,
            **self._data,
            "expect": expect,
            **({"deadline": deadlines} if deadlines else {}),
        }

    def seen(self) -> str:
        """What the page shows as the outcome: only what somebody looked at becomes an example."""
        outcomes = self._tried.outcomes if self._tried else ()
        return " ".join(f"{one.subject}={one.decision.status.value}" for one in outcomes)

    def shown(self) -> dict[str, Any]:
        """What the template needs."""
        names = self._household.people
        people = [
            {
                "id": person["id"], "name": names[person["id"]],
                "fields": [self._field(one, person, f"{person['id']}.{one.key}") for one in self._facts[Holder.PERSON]],
            }
            for person in self._data["people"]
        ]  # fmt: skip
        about = self._data["event"]
        rest = [self._field(one, about, f"event.{one.key}") for one in self._facts[Holder.EVENT]]
        household = self._data.get("household", {})
        rest += [self._field(one, household, f"household.{one.key}") for one in self._facts[Holder.HOUSEHOLD]]
        outcomes = self._tried.outcomes if self._tried else ()
        return {
            "household": self._household.key,
            "households": [(one.key, one.name) for one in households()],
            "event": self._event.value,
            "events": [(one.value, _(one.label)) for one in self._events],
            "people": people,
            "rest": rest,
            "seen": self.seen(),
            "outcomes": [(names.get(one.subject, _("世帯")), one.decision) for one in outcomes],
            "on": ON,
        }

    @staticmethod
    def _field(one: FactDefinition, said: Mapping[str, Any], name: str) -> dict[str, Any]:
        value = said.get(one.key)
        choices = [(choice.code, choice.label) for choice in one.choices]
        if one.type is FactType.BOOLEAN:
            choices = [("yes", _("はい")), ("no", _("いいえ"))]
            value = None if value is None else "yes" if value else "no"
        shown = format_wareki(value) if isinstance(value, date) else value
        return {
            "name": name, "label": one.label, "value": "" if shown is None else shown, "choices": choices,
            "several": one.type is FactType.CHOICES,
        }  # fmt: skip
