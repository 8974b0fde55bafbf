"""What the screens say when nothing can be saved, and what a branch on its own may take in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, InterfaceError, OperationalError
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from tests.cast import NOW, RESIDENTS
from tests.rooms.cases import walking

from madoguchi.audit.entries import Actor
from madoguchi.audit.queries import person_timeline
from madoguchi.cases import hearing, opening
from madoguchi.cases.line_cut import taking_in
from madoguchi.cases.line_cut.outbox import Outbox
from madoguchi.cases.line_cut.values import BranchAct, BranchFact
from madoguchi.channels.shared import provisional
from madoguchi.channels.shared.not_saved import of_the_database
from madoguchi.config.line_cut import package as packages
from madoguchi.procedures.facts import EVENT_SUBJECT, FactRef

NOT_SAVED = "保存できたことを確かめられていません"
SignedIn = Callable[[str], Client]


@pytest.mark.parametrize("fault", [OperationalError("database or disk is full"), InterfaceError("closed")])
def test_a_database_that_cannot_be_written_is_said_and_never_as_saved(
    fault: DatabaseError, procedures: str, signed_in: SignedIn, monkeypatch: Any
) -> None:
    def fails(**_said: object) -> str:
        raise fault

    monkeypatch.setattr(opening, "open_case", fails)
    browser = signed_in("clerk_hana")
    browser.raise_request_exception = False
    answer = browser.post("/cases/open/", {"event": "move_in"})
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert NOT_SAVED in page and "もう一度入れてください" in page and "disk" not in page


def test_a_page_that_cannot_be_read_says_that_nothing_saved_is_lost(
    procedures: str, signed_in: SignedIn, monkeypatch: Any
) -> None:
    def fails(*_said: object, **_more: object) -> None:
        raise OperationalError("disk I/O error")

    monkeypatch.setattr("madoguchi.channels.counter.views_opening.render", fails)
    browser = signed_in("clerk_hana")
    browser.raise_request_exception = False
    answer = browser.get("/cases/")
    assert answer.status_code == 503
    assert "なくなっていません" in answer.content.decode() and NOT_SAVED not in answer.content.decode()


def test_any_other_fault_is_the_ordinary_page(procedures: str, signed_in: SignedIn, monkeypatch: Any) -> None:
    def fails(**_said: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(opening, "open_case", fails)
    browser = signed_in("clerk_hana")
    browser.raise_request_exception = False
    assert browser.post("/cases/open/", {"event": "move_in"}).status_code == 500


def test_the_reason_is_found_behind_another() -> None:
    try:
        try:
            raise OperationalError
        except OperationalError as error:
            raise ValueError from error
    except ValueError as error:
        assert of_the_database(error)
    assert not of_the_database(ValueError())
    assert not of_the_database(None)


def test_every_screen_that_a_branch_may_use_exists() -> None:
    resolver = get_resolver()
    counter = {
        f"counter:{name}"
        for name in resolver.namespace_dict["counter"][1].reverse_dict
        if isinstance(name, str)
    }
    plain = {name for name in resolver.reverse_dict if isinstance(name, str)}
    assert counter | plain | _of_sign_in() >= provisional.MAY


def _of_sign_in() -> set[str]:
    found = set()
    for name in provisional.MAY:
        try:
            reverse(name)
            found.add(name)
        except NoReverseMatch:
            continue
    return found


def test_a_branch_on_its_own_hears_and_does_not_sign(
    city: Mapping[str, Actor], procedures: str, signed_in: SignedIn, settings: Any
) -> None:
    settings.PROVISIONAL = True
    browser, case = signed_in("clerk_hana"), walking.begun(city["clerk_hana"])
    page = browser.get(f"/cases/{case}/hearing/").content.decode()
    assert "仮受付です" in page
    for address in ("sign/", "check/", "withdraw/", "payment/"):
        refused = browser.post(f"/cases/{case}/{address}", {})
        assert refused.status_code == 409
        assert "署名は紙にもらって" in refused.content.decode()
    assert browser.post("/office/staff/", {}).status_code in (403, 409)
    assert browser.post(f"/cases/{case}/park/", {}).status_code == 302
    assert browser.post("/cases/open/", {"event": "move_in"}).status_code == 302


def test_at_the_centre_nothing_is_said_of_it(procedures: str, signed_in: SignedIn) -> None:
    page = signed_in("clerk_hana").get("/cases/").content.decode()
    assert "仮受付です" not in page
    assert 'id="line"' in page and "shared/line.js" in page


def test_the_line_is_looked_at_for_staff_alone(procedures: str, client: Client) -> None:
    assert "line.js" not in client.get("/staff/login/").content.decode()


def test_a_package_has_who_is_expected_with_their_household_and_nobody_protected(
    city: Mapping[str, Actor], procedures: str, residents: Mapping[str, str]
) -> None:
    by = city["clerk_hana"]
    case = walking.begun(by)
    made = packages.make(
        branch=by.branch, resident_nos=[residents["head"], residents["protected"]], by=by, now=NOW
    )
    taken = {row["fields"]["resident_no"] for row in made.rows if row["model"] == "residents.residentrecord"}
    head = RESIDENTS["head"]
    assert {one.resident_no for one in RESIDENTS.values() if one.household_no == head.household_no} <= taken
    shut_out = RESIDENTS["protected"]
    together = {one.resident_no for one in RESIDENTS.values() if one.household_no == shut_out.household_no}
    written = json.dumps(made.rows, ensure_ascii=False)
    assert not together & taken
    assert shut_out.resident_no not in written and shut_out.name.name not in written
    assert made.bases == {case: 2}
    assert [one.body["screen"] for one in person_timeline(head.resident_no)] == ["branch_package"]
    assert packages.Package.from_json(made.to_json()) == made


def test_a_package_is_opened_where_nothing_is_yet(
    city: Mapping[str, Actor], procedures: str, tmp_path: Path
) -> None:
    by = city["clerk_hana"]
    made = packages.make(branch=by.branch, resident_nos=[], by=by, now=NOW)
    with pytest.raises(packages.NotFresh, match="MADOGUCHI_HOME"):
        packages.open_package(made, home=tmp_path, by=by, now=NOW)
    with pytest.raises(packages.NoSuchBranch):
        packages.make(branch="nowhere", resident_nos=[], by=by, now=NOW)


def test_what_a_branch_sends_is_taken_with_the_key_alone(
    city: Mapping[str, Actor], procedures: str, tmp_path: Path, settings: Any
) -> None:
    by = city["clerk_hana"]
    call_command("backup", "--make-key", str(tmp_path / "key"), stdout=StringIO())
    call_command("backup", "--make-key", str(tmp_path / "other"), stdout=StringIO())
    case = walking.begun(by)
    bases = taking_in.bases_of([case])
    taking_in.remember_package(
        package="a" * 32, branch=by.branch, bases=bases, people=0, day=NOW.date(), by=by, now=NOW
    )
    said = StringIO()
    with pytest.raises(CommandError, match="開いていません"):
        call_command("branch", "send", str(tmp_path / "out"), "--key-file", str(tmp_path / "key"))
    settings.HOME = tmp_path
    (tmp_path / packages.FILE).write_text(json.dumps({"package": "a" * 32, "bases": bases}))
    call_command("branch", "send", str(tmp_path / "out"), "--key-file", str(tmp_path / "key"), stdout=said)
    assert "架空" not in (tmp_path / "out").read_bytes().decode("latin-1")
    with pytest.raises(CommandError, match="鍵が違うか"):
        call_command("branch", "take", str(tmp_path / "out"), "--key-file", str(tmp_path / "other"))
    call_command("branch", "take", str(tmp_path / "out"), "--key-file", str(tmp_path / "key"), stdout=said)
    call_command("branch", "clashes", stdout=said)
    assert "食い違いはありません" in said.getvalue()


def clashing(by: Actor) -> str:
    """A case of which branch and centre name another head of the household."""
    case = walking.begun(by)
    bases = taking_in.bases_of([case])
    taking_in.remember_package(
        package="a" * 32, branch=by.branch, bases=bases, people=0, day=NOW.date(), by=by, now=NOW
    )
    ref = FactRef("old_head", EVENT_SUBJECT)
    hearing.correct_fact(case=case, ref=ref, value="本庁の人", reason="聞いた", by=by, now=NOW, version=None)
    fact = BranchFact("old_head", EVENT_SUBJECT, "支所の人", "said", "2026-11-09")
    act = BranchAct(case, 3, "answer", "", NOW.isoformat(), None, "支所の職員", (fact,))
    taking_in.take_in(received=Outbox("a" * 32, (), (act,)), by=by, now=NOW)
    return case


def test_clashes_are_listed_with_both_values_and_settled(city: Mapping[str, Actor], procedures: str) -> None:
    by, said = city["clerk_hana"], StringIO()
    case = clashing(by)
    call_command("branch", "clashes", stdout=said)
    assert "本庁「本庁の人」 支所「支所の人」" in said.getvalue()
    [clash] = taking_in.open_clashes()
    call_command("branch", "settle", str(clash.id), "branch", stdout=said)
    with pytest.raises(CommandError, match="もう決められています"):
        call_command("branch", "settle", str(clash.id), "centre")
    with pytest.raises(CommandError, match="見つかりません"):
        call_command("branch", "settle", "999999", "centre")
    assert walking.seen(case, by).record.text("old_head") == "支所の人"


def test_a_clash_is_settled_on_the_page_of_the_check(
    city: Mapping[str, Actor], procedures: str, signed_in: SignedIn
) -> None:
    by, browser = city["clerk_hana"], signed_in("clerk_hana")
    case, other = clashing(by), walking.begun(by)
    page = browser.get(f"/cases/{case}/check/").content.decode()
    for word in ("回線が切れていたあいだの食い違い", "本庁の人", "支所の人", "支所の職員"):
        assert word in page
    [clash] = taking_in.open_clashes()
    assert browser.post(f"/cases/{other}/check/", {"settle": f"{clash.id}:branch"}).status_code == 404
    for nonsense in ("x", "0:branch", f"{clash.id}:both"):
        assert browser.post(f"/cases/{case}/check/", {"settle": nonsense}).status_code == 404
    assert browser.post(f"/cases/{case}/check/", {"settle": f"{clash.id}:centre"}).status_code == 302
    again = browser.post(f"/cases/{case}/check/", {"settle": f"{clash.id}:branch"})
    assert "もう決められています" in again.content.decode()
    assert "食い違い</" not in browser.get(f"/cases/{case}/check/").content.decode()
    assert walking.seen(case, by).record.text("old_head") == "本庁の人"
