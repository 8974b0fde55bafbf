"""Every way in which a procedure is gone through, by the channel that a pack names: one household, one snapshot at its end.

A new way stands here by `@way(channel, name)` and is then gone through by test_same_through_every_channel.py. It may cover
less than every procedure (`covers`); whatever it covers has to come out as it does everywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import date
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from django.test import Client
from tests.applying import begun
from tests.applying import seen as applied
from tests.cast import NOW
from tests.channels.finding import AtHome, AtMachine, fields_of
from tests.personas import ISSUER, SELF, SignedInPersona, browser_of, entry_of
from tests.rooms.cases.walking import seen

from madoguchi.audit.entries import Actor, Channel
from madoguchi.cases import hearing, prepared
from madoguchi.cases.from_home import answering
from madoguchi.cases.from_home.offering import HOME_EVENTS
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.judging import Judged
from madoguchi.cases.models import CaseRow
from madoguchi.cases.record import MOVING, Record
from madoguchi.cases.states import FactSource
from madoguchi.channels.shared.answers import field_name
from madoguchi.jp.check_digits import with_check_digit
from madoguchi.procedures.commands import decide
from madoguchi.procedures.decisions import Answer
from madoguchi.procedures.facts import (
    CLAIMANT,
    EVENT_SUBJECT,
    HOUSEHOLD_SUBJECT,
    FactDefinition,
    FactRef,
    FactType,
    Holder,
    Value,
)
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.accounts.coming import come
from madoguchi.residents.accounts.facts import ClaimedFacts
from madoguchi.residents.operations import register

DAY = date(2026, 11, 5)
BORN = {"世帯主": (1958, 1984, 1999), "妻": (1961, 1986), "子": (2009, 2015, 2020, 2024), "母": (1939, 1951)}
NUMBERS = (0, 1, 2, 1_200_000, 6_500_000)


@dataclass(frozen=True)
class Household:
    """A household about which everything can be asked; what it answers hangs on the fact alone, never on who asks when."""

    event: EventKind
    people: tuple[str, ...]
    seed: int = 0

    @property
    def refs(self) -> tuple[str, ...]:
        """p1, p2, …; of a birth the child comes last."""
        many = len(self.people) + (self.event is EventKind.birth)
        return tuple(f"p{n}" for n in range(1, many + 1))

    def answer(self, ref: FactRef, definition: FactDefinition) -> Value | None:
        """What it says."""
        fixed = self._fixed(ref)
        if fixed is not _ANY:
            return fixed
        chance = Random(f"{self.seed}/{ref.key}/{ref.subject}/{self.event.value}")
        codes = [choice.code for choice in definition.choices]
        match definition.type:
            case FactType.BOOLEAN:
                return chance.random() < 0.4
            case FactType.NUMBER:
                return chance.choice(NUMBERS)
            case FactType.CHOICE:
                return chance.choice(codes)
            case FactType.CHOICES:
                return frozenset(chance.sample(codes, chance.randint(0, min(2, len(codes)))))
            case FactType.DATE:
                return DAY
            case _:
                return None

    def _fixed(self, ref: FactRef) -> Any:
        """What hangs together, and so is no matter of chance."""
        newborn = self.event is EventKind.birth and ref.subject == self.refs[-1]
        dies = self.event is EventKind.death and ref.subject == "p1"
        asked = self.event in MOVING or self.event is EventKind.household_change
        moves = not asked or ref.subject != "p2" or self.seed % 3 != 1
        match ref.key:
            case "claimant":
                return "p2" if self.event is EventKind.death else "p1"
            case "birth_date" if ref.subject.startswith("p"):
                if newborn:
                    return DAY
                who = self.people[int(ref.subject[1:]) - 1]
                return date(Random(f"{self.seed}{ref.subject}").choice(BORN.get(who, (1970,))), 7, 9)
            case "relationship":
                return "子" if newborn else self.people[int(ref.subject[1:]) - 1]
            case "moves":
                return moves if asked else None
            case "lives_with_household":
                return moves
            case "deceased":
                return dies
            case "death_date" if ref.subject.startswith("p"):
                return DAY if dies else None
            case _:
                return _ANY

    def everything(self, pack: Pack) -> dict[FactRef, Value]:
        """All that it would answer if it were asked everything."""
        days = {one.date_key for one in EventKind} - {self.event.date_key}
        found: dict[FactRef, Value] = {
            FactRef(CLAIMANT, HOUSEHOLD_SUBJECT): str(self._fixed(FactRef(CLAIMANT, HOUSEHOLD_SUBJECT)))
        }
        for one in pack.vocabulary:
            subjects = {Holder.EVENT: (EVENT_SUBJECT,), Holder.HOUSEHOLD: (HOUSEHOLD_SUBJECT,)}.get(
                one.holder, self.refs
            )
            for subject in subjects:
                value = self.answer(FactRef(one.key, subject), one)
                if value is not None and not (one.holder is Holder.EVENT and one.key in days):
                    found[FactRef(one.key, subject)] = value
        return found


_ANY = object()


@dataclass(frozen=True)
class Snapshot:
    """How it ends: what was decided, as the outside contract writes it, and what was known by then."""

    decisions: tuple[Mapping[str, Any], ...]
    facts: Mapping[FactRef, Value]

    @property
    def outcomes(self) -> dict[tuple[str, str], tuple[object, ...]]:
        """Procedure and subject, with outcome and deadline."""
        return {
            (one["id"], one["subject"]): (one["status"], one["deadline"], one["overdue"])
            for one in self.decisions
        }

    @property
    def amounts(self) -> dict[tuple[str, str], Any]:
        """What would be paid, where that is known."""
        return {
            (one["id"], one["subject"]): one["amount"] for one in self.decisions if one["amount"] is not None
        }


@dataclass
class Hands:
    """Who goes through, and with what: the clerk, the machine, a folder for files, the pack that is published."""

    clerk: Client
    clerk_actor: Actor
    machine: Client
    folder: Path
    pack: Pack
    home: dict[Household, tuple[AtHome, Snapshot]] = field(default_factory=dict)

    def found_at_home(self, household: Household) -> tuple[AtHome, Snapshot]:
        """The household after it went through `/find/`; gone through once."""
        if household not in self.home:
            browser = AtHome()
            at = browser.through(household.event, household.people, household.answer)
            self.home[household] = browser, snapshot(at.judged, at.record)
        return self.home[household]


Way = Callable[[Household, Hands], Snapshot]


@dataclass(frozen=True)
class Registered:
    """One way of a channel. `given`: it is told the facts of home instead of asking; its decisions are then the same to the letter."""

    channel: str
    name: str
    go: Way
    given: bool
    covers: Callable[[str], bool]
    events: frozenset[EventKind]


WAYS: list[Registered] = []


def way(
    channel: str,
    name: str,
    *,
    given: bool = False,
    covers: Callable[[str], bool] = lambda _procedure: True,
    events: frozenset[EventKind] = frozenset(EventKind),
) -> Callable[[Way], Way]:
    """Register a way through. `events`: those with which it can be begun."""

    def register(go: Way) -> Way:
        WAYS.append(Registered(channel, name, go, given, covers, events))
        return go

    return register


def snapshot(judged: Judged, record: Record) -> Snapshot:
    """What a record leads to."""
    told = decide.as_json(Answer(judged.on, judged.pack.revision, judged.decisions, ()))
    known = {ref: held.value for ref, held in record.facts.items() if held.value is not None}
    return Snapshot(tuple(told["decisions"]), known)  # type: ignore[arg-type]  # a list of objects by contract


def situation_json(household: Household, facts: Mapping[FactRef, Value], pack: Pack) -> dict[str, Any]:
    """The facts in the form of the outside contract."""

    def of(subject: str, holder: Holder) -> dict[str, Any]:
        return {
            ref.key: _plain(value)
            for ref, value in facts.items()
            if ref.subject == subject and pack.fact(holder, ref.key)
        }

    claimant = facts.get(FactRef(CLAIMANT, HOUSEHOLD_SUBJECT))
    return {
        "event": {"kind": household.event.value, **of(EVENT_SUBJECT, Holder.EVENT)},
        "notified_on": NOW.date().isoformat(),
        "household": of(HOUSEHOLD_SUBJECT, Holder.HOUSEHOLD),
        "people": [{"id": ref, **of(ref, Holder.PERSON)} for ref in household.refs],
        **({"claimant": claimant} if claimant else {}),
    }


def _plain(value: Value) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value


@way("online", "find")
def find_at_home(household: Household, hands: Hands) -> Snapshot:
    """`/find/`, page after page."""
    return hands.found_at_home(household)[1]


@way("online", "apply", events=frozenset(HOME_EVENTS))
def applied_from_home(household: Household, hands: Hands) -> Snapshot:
    """`/my/apply/`, question after question, by the head of the household, whom the register knows."""
    who = _registered(household, hands.pack)
    browser = browser_of(SignedInPersona(0, who.principal_no, who.account))
    number = begun(who, household.event.value)
    for _ in range(100):
        view = applied(number, who)
        page = answering.page_now(view)
        if page is None:
            return snapshot(view.whole, view.record)
        fields = {**fields_of(page, household.answer), "version": view.version}
        answer = browser.post(f"/my/apply/{number}/", fields)
        assert answer.status_code == 302, (fields, answer.content.decode()[:3000])
    raise AssertionError("the questions do not end")


def _registered(household: Household, pack: Pack) -> Applicant:
    """The household in the register; its head, with an account."""

    said: Any = {(ref.key, ref.subject): value for ref, value in household.everything(pack).items()}
    home = with_check_digit(f"{90_000 + household.seed:06d}")
    entries = [
        replace(
            entry_of(500 + household.seed * 10 + n), household_no=home, livelihood_no=home, relationship=one,
            birth=said["birth_date", f"p{n}"], sex=said["sex", f"p{n}"], address="まど県まどか市本町900番地",
            nationality_class=said["nationality_class", f"p{n}"],
        )
        for n, one in enumerate(household.people, start=1)
    ]  # fmt: skip
    register(entries=entries, source="住民記録", as_of=NOW.date(), now=NOW)
    head = entries[0]
    claimed = ClaimedFacts(head.name.name, head.address, str(head.birth), head.sex)
    account = come(issuer=ISSUER, subject=head.resident_no, facts=claimed, by=SELF, now=NOW)
    return Applicant(account.number, head.resident_no, head.resident_no)


@way("kiosk", "find")
def find_at_the_machine(household: Household, hands: Hands) -> Snapshot:
    """`/kiosk/main/find/`, key after key."""
    at = AtMachine(client=hands.machine).through(household.event, household.people, household.answer)
    return snapshot(at.judged, at.record)


@way("counter", "prepared", given=True)
def prepared_at_home(household: Household, hands: Hands) -> Snapshot:
    """Kept at home, taken up by the clerk, marked, and confirmed; confirming changes no decision."""
    case = _taken(hands, hands.found_at_home(household)[0])
    before = seen(case, hands.clerk_actor)
    assert {held.source for held in before.record.facts.values()} == {FactSource.PREPARED}
    hands.clerk.post(f"/cases/{case}/prepared/", {"go": "all"})
    after = seen(case, hands.clerk_actor)
    assert after.judged.decisions == before.judged.decisions and after.record.to_confirm == ()
    return snapshot(after.judged, after.record)


@way("counter", "hearing")
@way("information", "hearing")
def heard_at_the_counter(household: Household, hands: Hands) -> Snapshot:
    """Only who came and what happened was said before; everything else is heard by the clerk."""
    browser = AtHome()
    browser.begin(household.event, household.people)
    page = browser.at().page
    if page is not None and page.id == household.event.date_key:
        browser.answer(household.answer)
    case = _taken(hands, browser)
    _read_from_the_certificate(case, household, hands)
    for _ in range(100):
        view = seen(case, hands.clerk_actor)
        if view.prompt is None:
            return snapshot(view.judged, view.record)
        fields: dict[str, Any] = {"prompt": view.prompt.id, "version": view.header.version, "go": "answer"}
        for ref, definition in zip(view.prompt.refs, view.prompt.definitions, strict=True):
            value = household.answer(ref, definition)
            said = "" if value is None else _plain(value)
            fields[field_name(ref)] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else said
        if not any(
            value != "" and value != [] for name, value in fields.items() if name.startswith("answer-")
        ):
            fields["go"] = "none"
        answer = hands.clerk.post(f"/cases/{case}/answer/", fields)
        assert answer.status_code == 302, (fields, answer.content.decode()[:3000])
    raise AssertionError("the hearing does not end")


def _read_from_the_certificate(case: str, household: Household, hands: Hands) -> None:
    """What the clerk sees on the paper that comes with a move-in, and therefore does not ask."""
    planned = hands.pack.fact(Holder.EVENT, "planned_move_out_date")
    if household.event is EventKind.move_in and planned is not None:
        ref = FactRef(planned.key, EVENT_SUBJECT)
        value = household.answer(ref, planned)
        assert value is not None
        hearing.correct_fact(
            case=case, ref=ref, value=value, reason="転出証明書", by=hands.clerk_actor, now=NOW, version=None
        )


def _taken(hands: Hands, browser: AtHome) -> str:
    kept = prepared.keep(
        said=browser.said(), mark=f"{id(browser)}", language="ja", channel=Channel.ONLINE, days=14, now=NOW,
        of=prepared.Visitor(f"{id(browser)}", f"{id(browser)}"),
    )  # fmt: skip
    taken = hands.clerk.post("/cases/prepared/", {"prepared": kept.code})
    assert taken.status_code == 302, taken.content.decode()[:2000]
    return str(CaseRow.objects.get(public_id=taken["Location"].strip("/").split("/")[-1]).public_id)


@way("api", "decide", given=True)
def decided_by_the_interface(household: Household, hands: Hands) -> Snapshot:
    """`POST /api/v1/decide` with what was said at home."""
    facts = hands.found_at_home(household)[1].facts
    return Snapshot(asked_of_the_interface(household, facts, hands.pack), facts)


def asked_of_the_interface(
    household: Household, facts: Mapping[FactRef, Value], pack: Pack
) -> tuple[Any, ...]:
    """What the interface decides of these facts."""
    body = json.dumps(situation_json(household, facts, pack)).encode()
    answer = Client().post(f"/api/v1/decide?on={NOW.date()}", body, content_type="application/json")
    assert answer.status_code == 200, answer.content.decode()
    return tuple(json.loads(answer.content)["decisions"])


@way("command", "decide", given=True)
def decided_by_the_command(household: Household, hands: Hands) -> Snapshot:
    """`madoguchi decide` with what was said at home."""
    facts = hands.found_at_home(household)[1].facts
    file, out = hands.folder / "household.json", StringIO()
    file.write_text(json.dumps(situation_json(household, facts, hands.pack)), encoding="utf-8")
    with redirect_stdout(out):
        assert decide.main([str(file), "--on", NOW.date().isoformat(), "--json"]) == 0
    return Snapshot(tuple(json.loads(out.getvalue())["decisions"]), facts)
