"""The core system's answers as a file: each taken or refused by itself, people entered under their new numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from tests import cast

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.cases import certificate_wishes
from madoguchi.cases.acting import find_case
from madoguchi.cases.queries import certificate_requests
from madoguchi.cases.states import CaseStatus
from madoguchi.connect import operations
from madoguchi.connect.answer_file import AnswerFileUnreadable, Taken, take_answers
from madoguchi.connect.certificates import certificates_csv
from madoguchi.residents.disclosure import disclose
from madoguchi.residents.people import DisclosedPerson
from madoguchi.residents.protection import Audience

Approve = Callable[..., str]
CORE = Actor(None, "異動データ連携", "", "")
HEADER = "change_id,result,reason,ref,resident_no,household_no\n"
FIRST = "20261109-A001-1"


def take(text: str) -> Taken:
    return take_answers(content=text.encode("utf-8-sig"), by=CORE, now=cast.NOW)


@pytest.fixture
def sent(approved: Approve) -> Approve:
    """Make a case that waits for its answer."""

    def make(*people: object, **more: object) -> str:
        case = approved(*people, **more)
        operations.hand_over(by=CORE, now=cast.NOW)
        return case

    return make


def person(number: str) -> DisclosedPerson | None:
    found = disclose(
        actor=CORE, purpose=Purpose.CHANGE_DATA, resident_nos=[number], audience=Audience.CLERK, case=None,
        screen="test", now=cast.NOW,
    )  # fmt: skip
    return found[0] if found else None


def numbered(serials: range, change: str = FIRST) -> str:
    rows = [
        f"{change},ok,,p{n},{cast.number(900 + serial)},0000090\n"
        for n, serial in enumerate(serials, start=1)
    ]
    return HEADER + "".join(rows)


def test_who_came_in_stands_in_the_register_under_the_given_number(sent: Approve) -> None:
    case = sent()
    assert person(cast.number(901)) is None, "仮 is not registered"
    taken = take(numbered(range(1, 6)))
    assert (taken.messages, taken.faults) == (1, ())
    assert CaseStatus(find_case(case).status) is CaseStatus.REGISTERED
    found = person(cast.number(901))
    assert found is not None
    assert (found.name.name, found.relationship, found.household_no) == ("引越 大", "世帯主", "0000090")
    assert found.address == cast.certificate().new_address
    assert take(numbered(range(1, 6))).faults == (), "the same file again changes nothing"


def test_an_address_to_be_kept_off_does_not_come_into_the_register_this_way(sent: Approve) -> None:
    sent(
        certificate=cast.certificate(new_address=cast.PLANTED_ADDRESS, new_building=cast.PLANTED_BUILDING),
        keep_address_off=True,
    )
    assert take(numbered(range(1, 6))).messages == 1
    found = person(cast.number(901))
    assert found is not None
    assert not any(word in (found.address or "") for word in cast.PLANTED)


def test_a_number_of_somebody_else_is_refused(sent: Approve, residents: Mapping[str, str]) -> None:
    case = sent()
    taken = take(f"{HEADER}{FIRST},ok,,p1,{residents['head']},0000090\n")
    assert taken.messages == 0
    assert "別の人の番号" in taken.faults[0].sentence
    assert CaseStatus(find_case(case).status) is CaseStatus.SENT, "nothing was half taken"


def test_one_number_for_two_is_refused(sent: Approve) -> None:
    sent()
    number = cast.number(901)
    taken = take(f"{HEADER}{FIRST},ok,,p1,{number},0000090\n{FIRST},ok,,p2,{number},0000090\n")
    assert "2人" in taken.faults[0].sentence
    assert person(number) is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("20261108-A001-1,ok,,,,\n", "待っていません"),
        (f"{FIRST},maybe,,,,\n", "ok か refused"),
        (f"{FIRST},refused,,,,\n", "理由"),
        (",ok,,,,\n", "change_id がありません"),
        (f"{FIRST},ok,,p1,123,\n", "household_no"),
        (f"{FIRST},ok,,,,\n{FIRST},refused,だめ,,,\n", "両方"),
    ],
)
def test_each_line_that_cannot_be_taken_says_why(sent: Approve, line: str, said: str) -> None:
    case = sent()
    taken = take(HEADER + line)
    assert taken.messages == 0
    assert taken.faults[0].line == 2
    assert said in taken.faults[0].sentence
    assert CaseStatus(find_case(case).status) is CaseStatus.SENT


def test_yesterdays_number_does_not_close_todays_case(sent: Approve) -> None:
    """受付番号 begin again each day: A001 of another day is another message."""
    case = sent()
    taken = take(f"{HEADER}20261108-A001-1,ok,,,,\n{FIRST},refused,続柄が合いません,,,\n")
    assert taken.messages == 1
    assert CaseStatus(find_case(case).status) is CaseStatus.HEARING


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("change_id,result\n理由".encode("cp932"), "バイト目"),
        (b"number,result\nA001,ok\n", "change_id"),
        (b"", "change_id"),
        (b"x" * 10_000_001, "10MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, said: str) -> None:
    with pytest.raises(AnswerFileUnreadable, match=said):
        take_answers(content=content, by=CORE, now=cast.NOW)


def test_certificates_wait_until_the_change_is_registered(
    signed: Approve, city: Mapping[str, Actor], procedures: str
) -> None:
    from tests.rooms.connect.conftest import sign

    from madoguchi.cases.opening import begin_from_certificate, open_case
    from madoguchi.procedures.situation import EventKind

    by = city["clerk_hana"]
    case = open_case(event=EventKind.move_in, by=by, now=cast.NOW)
    begin_from_certificate(case=case, certificate=cast.certificate(), by=by, now=cast.NOW)
    certificate_wishes.request_certificates(
        case=case, copies={"residence": 2}, fees={"residence": 300}, by=by, now=cast.NOW
    )
    assert certificate_requests() == (), "not before it is signed"
    sign(case, by)
    (one,) = certificate_requests()
    assert (one.number, one.copies, one.fee_yen, one.blocked) == ("A001", 2, 600, True)
    operations.approve_and_create(case=case, by=city["reviewer_jiro"], now=cast.NOW, version=None)
    operations.hand_over(by=CORE, now=cast.NOW)
    operations.answer(change=FIRST, accepted=True, by=CORE, now=cast.NOW)
    assert [one.blocked for one in certificate_requests()] == [False]
    assert b"2026-11-09,A001,residence,2,600,false" in certificates_csv(certificate_requests())


def test_the_command_lists_exports_and_takes(
    approved: Approve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    approved(cast.mover("𠮷田 太郎", cast.FIVE[0].birth, "male", "世帯主"))
    with pytest.raises(SystemExit) as left:
        call_command("changes", "export", "--encoding", "cp932", "--out", str(tmp_path / "out"))
    assert left.value.code == 1, "something was degraded and needs a look"
    assert "𠮷田 太郎" in (tmp_path / "out" / "degraded.csv").read_text("utf-8-sig")
    call_command("changes", "export", "--format", "json", "--out", str(tmp_path / "out"))
    assert (tmp_path / "out" / "changes.json").is_file()
    answers = tmp_path / "answers.csv"
    answers.write_text(f"{HEADER}{FIRST},ok,,,,\n", "utf-8")
    call_command("changes", "acknowledge", str(answers))
    call_command("changes", "list")
    told = capsys.readouterr().out
    assert f"{FIRST}  登録済み  1人" in told
    answers.write_text(f"{HEADER}20261109-A777-1,ok,,,,\n", "utf-8")
    with pytest.raises(SystemExit) as left:
        call_command("changes", "acknowledge", str(answers))
    assert left.value.code == 1
    with pytest.raises(CommandError, match="答えのファイルがありません"):
        call_command("changes", "acknowledge", str(tmp_path / "nothing.csv"))
