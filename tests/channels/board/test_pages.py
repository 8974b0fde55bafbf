"""Boards and phones as pages: open to anyone, right without JavaScript, never a name, and no number can be tried out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from tests.cast import STAFF
from tests.rooms.booking.queueing import Hall, officer

from madoguchi.audit.entries import Actor
from madoguchi.booking.models import CodeTrialRow
from madoguchi.booking.tickets import following
from madoguchi.booking.tickets.following import TRIALS_AT_A_NUMBER, TRIALS_FROM_AN_ADDRESS
from madoguchi.booking.tickets.issuing import IssuedTicket
from madoguchi.booking.tickets.states import StepState

pytestmark = pytest.mark.django_db


def said(answer: HttpResponse) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


def get(path: str, **more: str) -> HttpResponse:
    return Client().get(path, **more)


def test_the_wall_shows_who_is_called_where_and_who_waits(hall: Hall) -> None:
    called, waiting = hall.arrive(), hall.arrive()
    hall.next()
    answer = get("/board/main/")
    assert answer.status_code == 200
    text = re.sub(r"\s+", " ", said(answer))
    assert re.search(rf"呼出し中 .*{called.label} ▶ 1番窓口", text)
    assert re.search(rf"お待ち .*住民の窓口 1人 {waiting.label}", text)


def test_two_calls_stand_with_the_newest_first(hall: Hall) -> None:
    one, two = hall.arrive(), hall.arrive()
    hall.open("desk2")
    hall.next()
    hall.later(0.1)
    hall.next("desk2")
    text = said(get("/board/main/"))
    assert text.index(two.label) < text.index(one.label)


def test_who_did_not_come_is_shown_apart(hall: Hall) -> None:
    one = hall.arrive()
    hall.next()
    hall.act("not_here", one)
    assert re.search(f"いらっしゃらなかった番号 .*{one.label}", said(get("/board/main/")))


def test_a_desk_shows_who_is_called_to_it(hall: Hall) -> None:
    one = hall.arrive()
    assert "お呼びするまで" in said(get("/board/main/desk1/"))
    hall.next()
    assert re.search(f"{one.label} +こちらへどうぞ", said(get("/board/main/desk1/")))
    hall.act("start", one)
    assert "ご案内中" in said(get("/board/main/desk1/"))
    assert "閉じています" in said(get("/board/main/desk2/"))


@pytest.mark.parametrize(
    "path", ["/board/nowhere/", "/board/main/nodesk/", "/congestion/nowhere/", "/t/nosuchsecret/"]
)
def test_what_is_not_there_is_not_found(path: str, hall: Hall) -> None:
    assert get(path).status_code == 404


def test_the_middle_of_the_page_is_what_the_stream_sends(hall: Hall) -> None:
    """One template for both: with JavaScript off nothing else is seen."""
    from madoguchi.channels.board.pictures import Watch, WatchKind, picture

    hall.arrive()
    seen, sequence = picture(Watch("main", WatchKind.WALL), now=timezone.now())
    page = get("/board/main/").content.decode()
    assert seen.html.strip() in page
    assert f'data-sequence="{sequence}"' in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_a_phone_follows_its_number_to_the_end(hall: Hall) -> None:
    first, own = hall.arrive(), hall.arrive("moving", "insurance")
    path = f"/t/{own.secret}/"
    assert re.search(r"あと +1 +人", said(get(path)))
    assert re.search("このあと: 国民健康保険", said(get(path)))
    hall.next()
    assert "つぎにお呼びします" in said(get(path))
    hall.act("start", first)
    hall.act("finish", first)
    hall.next()
    assert re.search("お呼びしています。 +1番窓口", said(get(path)))
    hall.act("start", own)
    assert "1番窓口 でご案内しています" in said(get(path))
    hall.act("leave", own)
    assert "終わりました" in said(get(path))


def test_whoever_leaves_their_seat_is_not_called_and_comes_back_to_their_place(hall: Hall) -> None:
    own, other = hall.arrive(), hall.arrive()
    browser = Client()
    answer = browser.post(f"/t/{own.secret}/away/", follow=True)
    assert "順番を止めています" in said(answer)
    assert hall.next() == other.label
    answer = browser.post(f"/t/{own.secret}/back/", follow=True)
    assert "つぎにお呼びします" in said(answer)
    assert hall.step(own.label).state is StepState.WAITING


def test_a_phone_cannot_leave_a_desk_that_has_called(hall: Hall) -> None:
    own = hall.arrive()
    hall.next()
    answer = Client().post(f"/t/{own.secret}/away/")
    assert answer.status_code == 409
    assert "いまは押せません" in said(answer)
    assert hall.step(own.label).state is StepState.CALLED


def test_what_an_officer_has_set_aside_does_not_come_back_by_phone(hall: Hall) -> None:
    own = hall.arrive()
    hall.next()
    hall.act("start", own)
    hall.act("hold", own)
    assert Client().post(f"/t/{own.secret}/back/").status_code == 409
    assert hall.step(own.label).state is StepState.HELD


def test_only_a_post_acts(hall: Hall) -> None:
    own = hall.arrive()
    assert get(f"/t/{own.secret}/away/").status_code == 405


def test_a_forged_post_is_refused(hall: Hall) -> None:
    own = hall.arrive()
    assert Client(enforce_csrf_checks=True).post(f"/t/{own.secret}/away/").status_code == 403
    assert hall.step(own.label).state is StepState.WAITING


def typed(one: IssuedTicket, code: str | None = None, **more: str) -> HttpResponse:
    posted = {"branch": "main", "label": one.label, "code": code or one.code, **more}
    return Client().post("/t/", posted)


def other_code(one: IssuedTicket, number: int) -> str:
    return f"{(int(one.code) + 1 + number) % 10_000:04d}"


def test_number_and_code_open_the_phone_page(hall: Hall) -> None:
    own = hall.arrive()
    for label in (own.label, own.label.lower(), "Ａ００１", "A1"):
        answer = typed(own, label=label)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/t/{own.secret}/")


def test_a_wrong_code_and_a_number_that_is_not_there_are_told_alike(hall: Hall) -> None:
    own = hall.arrive()
    wrong = typed(own, other_code(own, 0))
    absent = typed(own, label="Z999")
    problem = re.compile(r'<div class="mdg-notice".*?</div>', re.S)
    assert problem.search(wrong.content.decode())[0] == problem.search(absent.content.decode())[0]  # type: ignore[index]  # both have one
    assert wrong.status_code == absent.status_code == 200


def test_codes_of_a_number_cannot_be_tried_out(hall: Hall) -> None:
    own = hall.arrive()
    answers = [typed(own, other_code(own, n)).status_code for n in range(TRIALS_AT_A_NUMBER + 1)]
    assert answers == [200] * TRIALS_AT_A_NUMBER + [429]
    assert typed(own).status_code == 429, "not even with the right code: that would tell which one it is"
    assert get(f"/t/{own.secret}/").status_code == 200, "the link of the slip still opens"


def test_numbers_cannot_be_tried_out_from_one_address(hall: Hall) -> None:
    own = hall.arrive()
    answers = [
        typed(own, "0000", label=f"B{n:03d}").status_code for n in range(1, TRIALS_FROM_AN_ADDRESS + 2)
    ]
    assert set(answers[:-1]) == {200} and answers[-1] == 429


def test_trials_end_with_their_minutes_and_keep_no_address(hall: Hall) -> None:
    own = hall.arrive()
    now = timezone.now()
    for _ in range(TRIALS_AT_A_NUMBER + 1):
        with pytest.raises((following.CodeNotRight, following.TooManyTrials)):
            following.ticket_of_code(
                branch="main", label=own.label, code="----", address="192.0.2.7", now=now
            )
    later = now + following.TRIAL_SPAN * 2
    found = following.ticket_of_code(
        branch="main", label=own.label, code=own.code, address="192.0.2.7", now=later
    )
    assert found.ticket == own.ticket
    kept = list(CodeTrialRow.objects.values_list("key", flat=True))
    assert len(kept) == 2 and not any("192.0.2.7" in key or own.label in key for key in kept)


def test_a_full_form_of_nonsense_is_answered_with_words(hall: Hall) -> None:
    for label in ("", "A", "💥", "A" * 8, "A-1"):
        answer = Client().post("/t/", {"branch": "main", "label": label, "code": "zzzz"})
        assert answer.status_code in (200, 429)


@pytest.mark.parametrize(
    ("waited", "level"),
    [(0, "空き"), (19, "空き"), (20, "やや混み"), (39, "やや混み"), (40, "混雑"), (90, "混雑")],
)
def test_how_crowded_it_is_follows_the_thresholds(hall: Hall, waited: int, level: str) -> None:
    hall.arrive()
    hall.later(waited)
    lane = re.search(r"住民の窓口</h3>(.*?)</li>", get("/congestion/main/").content.decode(), re.S)
    assert lane and f"</span> {level}</p>" in lane[1]


def test_thresholds_are_the_citys(hall: Hall, settings: object) -> None:
    settings.BUSY_MINUTES = (5, 10)  # type: ignore[attr-defined]  # pytest-django's settings
    hall.arrive()
    hall.later(8)
    assert "やや混み" in get("/congestion/").content.decode()


def test_a_closed_lane_is_not_called_quiet(hall: Hall) -> None:
    lane = re.search(r"保険の窓口</h3>(.*?)</li>", get("/congestion/main/").content.decode(), re.S)
    assert lane and "受付していません" in lane[1]


def test_no_board_knows_a_name_a_priority_or_the_staff(hall: Hall, city: Mapping[str, Actor]) -> None:
    from madoguchi.booking.tickets.states import Priority

    own = hall.arrive(priority=Priority.CARE)
    hall.next()
    for path in (
        "/board/main/",
        "/board/main/desk1/",
        "/congestion/main/",
        "/congestion/",
        f"/t/{own.secret}/",
    ):
        text = get(path).content.decode()
        names = [one.name for one in STAFF.values()] + [officer(1).name, "9001", "配慮", own.ticket]
        assert [name for name in names if name in text] == [], path


def test_a_public_page_carries_no_menu_even_for_staff(hall: Hall, signed_in: Callable[[str], Client]) -> None:
    page = signed_in("clerk_hana").get("/board/main/").content.decode()
    assert "サインアウト" not in page
    assert "mdg-nav" not in page


def test_a_public_page_keeps_nothing_of_its_reader(hall: Hall) -> None:
    answer = get("/board/main/")
    assert answer.cookies.keys() == set()
    assert answer.headers["Cache-Control"] == "no-store"


def test_behind_a_proxy_a_page_reaches_its_own_origin_only(hall: Hall) -> None:
    answer = get("/board/main/")
    assert 'data-live="/live/wall/main/"' in answer.content.decode()
    assert "connect-src 'self';" in answer.headers["Content-Security-Policy"] + ";"


def test_without_a_proxy_a_page_reaches_the_streams_of_its_own_host(hall: Hall, settings: object) -> None:
    settings.STREAM_PORT = 8001  # type: ignore[attr-defined]  # pytest-django's settings
    answer = get("/board/main/", HTTP_HOST="127.0.0.1:8000")
    assert 'data-live="http://127.0.0.1:8001/live/wall/main/"' in answer.content.decode()
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["connect-src"] == "'self' http://127.0.0.1:8001"
    assert policy["script-src"] == "'self'"
    office = get("/staff/login/", HTTP_HOST="127.0.0.1:8000")
    assert "8001" not in office.headers["Content-Security-Policy"]


def test_whoever_sits_is_told_that_an_officer_comes_and_is_not_called_into_the_hall(hall: Hall) -> None:
    own = hall.arrive("moving", "children")
    phone = f"/t/{own.secret}/"
    hall.next()
    assert "へお越しください" in said(get(phone))
    hall.act("start", own)
    hall.act("finish", own)
    hall.later(1)
    assert re.search(r"つぎの担当が +1番窓口 +へ来ます。席でお待ちください", said(get(phone)))
    assert "ご案内中です" in said(get("/board/main/desk1/")), "the seat is kept"
    hall.open("desk4", ["children"])
    hall.next("desk4")
    assert re.search(r"担当が +1番窓口 +へ向かっています。席でお待ちください", said(get(phone)))
    assert "ご案内中です" in said(get("/board/main/desk1/"))
    assert re.search(
        rf"いま呼び出している番号はありません.*ご案内中 .*{own.label} +1番窓口", said(get("/board/main/"))
    )
    assert "[]" in get("/board/main/").content.decode().partition('id="board-calls"')[2][:60]
    hall.act("recall", own, "desk4")
    assert "へお越しください" in said(get(phone)), "who is called again did not sit there after all"
    assert re.search(rf"呼出し中 .*{own.label} +▶ +1番窓口", said(get("/board/main/")))
    assert own.label in get("/board/main/").content.decode().partition('id="board-calls"')[2]


def test_calls_are_given_to_the_page_as_data(hall: Hall) -> None:
    own = hall.arrive()
    hall.next()
    page = get("/board/main/").content.decode()
    found = re.search(r'<script id="board-calls" type="application/json">(.*?)</script>', page)
    assert found is not None
    (call,) = json.loads(found[1])
    assert (call["label"], call["desk"]) == (own.label, "1番窓口")
