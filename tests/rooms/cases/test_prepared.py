"""What was prepared before coming: kept behind a code, taken into a case, confirmed, and gone when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import NOW, RESIDENTS, certificate
from tests.rooms.cases.walking import ordinary, seen, sign, visited

from madoguchi.audit.entries import Actor, Channel
from madoguchi.audit.models import EntryRow
from madoguchi.cases import closing, hearing, naming, opening, prepared, prepared_code
from madoguchi.cases.at_home import (
    NEVER_AHEAD,
    SaidAtHome,
    begun_with,
    checked_at_home,
    from_json,
    judge_at_home,
    question_now,
    record_of,
    to_json,
)
from madoguchi.cases.models import PreparedRow
from madoguchi.cases.states import FactSource
from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.facts import FactRef, Value
from madoguchi.procedures.situation import EventKind

Staff = Mapping[str, Actor]
AT_HOME = prepared.Visitor("browser", "address")


def heard_at_home(
    event: EventKind, people: tuple[str, ...] = ("世帯主", "妻", "子"), **known: Value
) -> SaidAtHome:
    """Everything that is asked of a household in which nothing is out of the ordinary; `known`: "p1.birth_date" and so on."""
    said = begun_with(event, people)
    answers = {FactRef(*reversed(key.split("__"))): value for key, value in known.items()}
    for _ in range(100):
        record = record_of(said, now=NOW)
        judged = judge_at_home(said, record, now=NOW)
        page = question_now(said, judged, record, one_by_one=False)
        if page is None:
            return said
        said = said.and_then(
            checked_at_home(
                said,
                judged,
                {
                    ref: answers.get(ref, ordinary(definition, ref))
                    for ref, definition in zip(page.refs, page.definitions, strict=True)
                },
            )
        )
    raise AssertionError("it does not end")


BORN = {
    "p1__birth_date": date(1984, 5, 2),
    "p2__birth_date": date(1986, 7, 9),
    "p3__birth_date": date(2018, 4, 1),
}
MOVED = {f"p{n}__moves": True for n in (1, 2, 3)}


def kept(said: SaidAtHome, mark: str = "m", **more: object) -> prepared.Preparation:
    words = {"language": "ja", "channel": Channel.ONLINE, "of": AT_HOME, "days": 14, "now": NOW} | more
    return prepared.keep(said=said, mark=mark, **words)  # type: ignore[arg-type]  # by name


@given(st.integers(0, 10**9), st.integers(0, 7), st.sampled_from(prepared_code.SIGNS))
def test_one_wrong_sign_is_noticed(number: int, at: int, sign_: str) -> None:
    code = prepared_code.code_from(b"secret", str(number))
    assert prepared_code.read_code(code) == code
    wrong = code[:at] + sign_ + code[at + 1 :]
    assert prepared_code.read_code(wrong) == ("" if wrong != code else code)
    swapped = code[:at] + code[at + 1 : at + 2] + code[at : at + 1] + code[at + 2 :]
    assert prepared_code.read_code(swapped) == ("" if swapped != code else code)


@pytest.mark.parametrize(
    "typed", ["{a}-{b}", "{a} {b}", "https://city.example/find/p/{a}-{b}/", "{al}－{bl}", " {a}{b}\n"]
)
def test_the_code_is_read_however_it_is_typed_or_scanned(typed: str) -> None:
    code = prepared_code.code_from(b"secret", "x")
    text = typed.format(a=code[:4], b=code[4:], al=code[:4].lower(), bl=code[4:].lower())
    assert prepared_code.read_code(text) == code


@pytest.fixture
def clerk(city: Staff, procedures: str, residents: Mapping[str, str]) -> Actor:
    return city["clerk_hana"]


def told(decisions: object) -> list[tuple[object, ...]]:
    return [(one.procedure, one.subject, one.status, one.deadline, one.amount) for one in decisions]  # type: ignore[attr-defined]  # decisions


@pytest.mark.django_db
@pytest.mark.parametrize("event", list(EventKind))
def test_every_event_is_decided_at_the_counter_as_it_was_at_home(event: EventKind, clerk: Actor) -> None:
    said = heard_at_home(event, **(BORN | MOVED))
    at_home = judge_at_home(said, record_of(said, now=NOW), now=NOW)
    case = prepared.take(code=kept(said).code, by=clerk, now=NOW)
    at_counter = seen(case, clerk)
    assert told(at_counter.judged.decisions) == told(at_home.decisions)
    assert at_counter.prompt is None
    assert from_json(to_json(said)) == said


@pytest.mark.django_db
def test_what_was_answered_is_marked_until_it_is_confirmed_and_is_not_asked_again(clerk: Actor) -> None:
    case = prepared.take(
        code=kept(heard_at_home(EventKind.move_in, **(BORN | MOVED))).code, by=clerk, now=NOW
    )
    view = seen(case, clerk)
    assert len(view.record.people) == 3
    assert {held.source for held in view.record.facts.values()} == {FactSource.PREPARED}
    first = view.record.to_confirm[0]
    assert prepared.confirm(case=case, refs={first}, by=clerk, now=NOW, version=None) == 1
    assert seen(case, clerk).record.facts[first].source is FactSource.SAID
    prepared.confirm(case=case, refs=None, by=clerk, now=NOW, version=None)
    assert seen(case, clerk).record.to_confirm == ()
    hearing.undo(case=case, by=clerk, now=NOW, version=None)
    assert len(seen(case, clerk).record.to_confirm) > 10


@pytest.mark.django_db
def test_what_was_not_known_at_home_is_asked_at_the_counter(clerk: Actor) -> None:
    said = begun_with(EventKind.move_in, ("世帯主",)).and_then({FactRef("move_date", "event"): None})
    record = record_of(said, now=NOW)
    page = question_now(said, judge_at_home(said, record, now=NOW), record, one_by_one=True)
    assert page is not None
    assert page.refs[0].key != "move_date"
    view = seen(prepared.take(code=kept(said).code, by=clerk, now=NOW), clerk)
    assert FactRef("move_date", "event") not in view.record.facts


@pytest.mark.django_db
@pytest.mark.parametrize("event", [EventKind.move_in, EventKind.birth])
def test_a_day_to_come_is_open_at_the_counter_and_refused_where_it_cannot_be(
    event: EventKind, clerk: Actor
) -> None:
    said = begun_with(event, ("世帯主",))
    judged = judge_at_home(said, record_of(said, now=NOW), now=NOW)
    day = {FactRef(event.date_key, "event"): NOW.date() + timedelta(days=20)}
    if event in NEVER_AHEAD:
        with pytest.raises(hearing.DayInFuture):
            checked_at_home(said, judged, day)
        return
    said = said.and_then(checked_at_home(said, judged, day))
    view = seen(prepared.take(code=kept(said).code, by=clerk, now=NOW), clerk)
    assert view.record.value("move_date") is None


@pytest.mark.django_db
def test_a_certificate_names_those_who_were_told_of(clerk: Actor) -> None:
    said = heard_at_home(EventKind.move_in, ("世帯主", "妻", "子", "母"), **(BORN | MOVED))
    case = prepared.take(code=kept(said).code, by=clerk, now=NOW)
    visited_too_early(case, clerk)
    paper = certificate()
    told_of = ("p1", "p2", "p3")
    opening.begin_from_certificate(case=case, certificate=paper, told_of=told_of, by=clerk, now=NOW)
    record = seen(case, clerk).record
    assert [one.ref for one in record.people] == ["p1", "p2", "p3", "p5", "p6"]
    assert record.name_of("p1") == paper.people[0].name
    assert record.unnamed == ()
    assert record.facts[FactRef("health_insurance", "p1")].source in (
        FactSource.CERTIFICATE,
        FactSource.PREPARED,
    )
    assert not any(ref.subject == "p4" for ref in record.facts), (
        "who is on no certificate took the answers along"
    )
    with pytest.raises(opening.AlreadyBegun):
        opening.begin_from_certificate(case=case, certificate=paper, by=clerk, now=NOW)


def visited_too_early(case: str, clerk: Actor) -> None:
    visited(case, clerk)
    with pytest.raises(closing.PeopleNotNamed):
        sign(case, clerk)


@pytest.mark.django_db
def test_the_clerk_says_who_of_the_register_each_one_is(clerk: Actor) -> None:
    said = heard_at_home(EventKind.move_within, ("世帯主", "妻", "子"), **MOVED)
    case = prepared.take(code=kept(said).code, by=clerk, now=NOW)
    head = RESIDENTS["head"].resident_no
    members = naming.members_of(case=case, resident_no=head, by=clerk, now=NOW)
    waiting = naming.to_be_named(seen(case, clerk).record, members)
    meant = {"p1": members[0].resident_no, "p2": members[1].resident_no, "p3": naming.NOT_HERE}
    with pytest.raises(naming.NamedTwice):
        naming.name_people(
            case=case, resident_no=head, meant={"p1": head, "p2": head}, by=clerk, now=NOW, version=None
        )
    naming.name_people(case=case, resident_no=head, meant=meant, by=clerk, now=NOW, version=None)
    record = seen(case, clerk).record
    assert len(waiting) == 3
    assert [one.resident_no for one in record.people][:2] == [members[0].resident_no, members[1].resident_no]
    assert len(record.people) == len(members)
    assert record.facts[FactRef("birth_date", "p1")].source is FactSource.REGISTER
    assert record.facts[FactRef("has_card", "p1")].source in (FactSource.PREPARED, FactSource.REGISTER)
    assert record.value("moves", "p4") is False, "who was not told of stays"
    hearing.undo(case=case, by=clerk, now=NOW, version=None)
    assert seen(case, clerk).record.unnamed == ("p1", "p2", "p3")


@pytest.mark.django_db
def test_a_code_opens_one_case_however_often_it_is_shown(clerk: Actor) -> None:
    said = begun_with(EventKind.move_in, ("世帯主",))
    code = kept(said).code
    assert kept(said).code == code
    case = prepared.take(code=code, by=clerk, now=NOW)
    assert prepared.take(code=code.lower(), by=clerk, now=NOW) == case
    assert prepared.look(code=code, of=AT_HOME, now=NOW).taken
    assert kept(said, mark="another page").code != code
    assert PreparedRow.objects.count() == 2


@pytest.mark.django_db
def test_what_is_stored_tells_nothing_without_the_code(clerk: Actor) -> None:
    said = heard_at_home(EventKind.move_in, **BORN)
    code = kept(said).code
    row = repr(list(PreparedRow.objects.values_list()))
    assert code not in row
    assert not any(word in row for word in ("birth_date", "1984-05-02", "世帯主"))
    assert code not in repr(list(EntryRow.objects.values_list()))


@pytest.mark.django_db
def test_guessing_is_stopped_and_written_down(clerk: Actor) -> None:
    code = kept(begun_with(EventKind.move_in, ("世帯主",))).code
    for _ in range(prepared.TRIES_OF_ONE + 5):
        prepared.look(code=code, of=AT_HOME, now=NOW)  # what is right is no guess
    for _ in range(prepared.TRIES_OF_ONE):
        with pytest.raises(prepared.NoSuchPreparation):
            prepared.look(code="3467-9ACD", of=AT_HOME, now=NOW)
    for _ in range(3):
        with pytest.raises(prepared.ManyTries):
            prepared.look(code=code, of=AT_HOME, now=NOW)
    assert EntryRow.objects.filter(activity="prepared_guessed").count() == 1
    others = [prepared.Visitor(f"browser {n}", "address") for n in range(prepared.TRIES_FROM_AN_ADDRESS)]
    with pytest.raises(prepared.ManyTries):
        for one in others:
            with pytest.raises(prepared.NoSuchPreparation):
                prepared.look(code="", of=one, now=NOW)
    assert prepared.look(code=code, of=AT_HOME, now=NOW + timedelta(minutes=11)).code == code


@pytest.mark.django_db
def test_nobody_floods_the_table(clerk: Actor) -> None:
    for n in range(prepared.KEPT_BY_A_BROWSER):
        kept(begun_with(EventKind.move_in, ("世帯主",)), mark=str(n))
    with pytest.raises(prepared.ManyTries):
        kept(begun_with(EventKind.move_in, ("世帯主",)), mark="one more")
    assert PreparedRow.objects.count() == prepared.KEPT_BY_A_BROWSER


@pytest.mark.django_db
def test_it_is_gone_when_it_is_over_and_when_it_is_taken_back(clerk: Actor, city: Staff) -> None:
    codes = [kept(begun_with(EventKind.move_in, ("世帯主",)), mark=str(n)).code for n in range(4)]
    prepared.drop(code=codes[0], of=AT_HOME, now=NOW)
    with pytest.raises(prepared.NoSuchPreparation):
        prepared.take(code=codes[0], by=clerk, now=NOW)
    case = prepared.take(code=codes[1], by=clerk, now=NOW)
    assert prepared.sweep(now=NOW) == 0, "it is being heard"
    closing.withdraw(case=case, reason="ほかの市へ移る", by=clerk, now=NOW, version=None)
    assert prepared.sweep(now=NOW) == 1
    later = NOW + timedelta(days=14)
    for act in (lambda: prepared.look(code=codes[2], of=AT_HOME, now=later),
                lambda: prepared.take(code=codes[2], by=clerk, now=later)):  # fmt: skip
        with pytest.raises(prepared.NoSuchPreparation):
            act()
    assert prepared.sweep(now=later) == 2
    assert PreparedRow.objects.count() == 0
    assert EntryRow.objects.filter(activity="prepared_swept").count() == 2


@pytest.mark.django_db
def test_an_age_band_is_asked_again_only_where_it_decides(clerk: Actor) -> None:
    band = PossibleDays("30〜39歳", date(1986, 11, 10), date(1996, 11, 9))
    said = heard_at_home(EventKind.move_in, ("世帯主",), p1__birth_date=band)
    record = record_of(said, now=NOW)
    assert question_now(said, judge_at_home(said, record, now=NOW), record, one_by_one=False) is None
    case = prepared.take(code=kept(said).code, by=clerk, now=NOW)
    assert seen(case, clerk).record.value("birth_date", "p1") == band
