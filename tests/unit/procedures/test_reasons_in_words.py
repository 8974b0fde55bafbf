"""Why something is not needed is said as a clerk would say it, whichever clause decided it."""

from __future__ import annotations

from datetime import date

import pytest
from tests.unit.procedures.club import ON, OPEN_DAYS, files_with, procedure_text, situation_of

from madoguchi.procedures.decide import Status, decide
from madoguchi.procedures.loader import load_files

TABLES = """
[[table]]
name = "limit"
label = "所得の限度額"
unit = "yen"
law = "図書クラブ規約 第3条(架空)"
[[table.version]]
since = 2000-01-01
rows = [100, 200]
beyond = 10
"""
CHILD = {"id": "p2", "birth_date": "2018-05-02", "moves": True, "card": "child"}


def reasons(must: str, *people: dict[str, object], event: dict[str, object] | None = None) -> str:
    files = files_with(rule=procedure_text(must, events='["move_in", "birth"]'))
    pack = load_files(files | {"tables.toml": TABLES.encode()})
    relations = [{"kind": "parent", "of": "p2", "is": "p1"}] if len(people) > 1 else []
    situation = situation_of(
        list(people), event=event, relations=relations, claimant="p1", household={"has_garden": False}
    )
    (decision,) = (one for one in decide(pack, situation, on=ON, open_days=OPEN_DAYS) if one.subject == "p1")
    assert decision.status is Status.NOT_NEEDED
    return "/".join(reason.text for reason in decision.because)


@pytest.mark.parametrize(
    ("must", "person", "says"),
    [
        ("person.moves and person.card == 'none'", {"moves": True, "card": "adult"}, "図書カードが「一般カード」の"),
        ("person.moves or person.card == 'none'", {"moves": False, "card": "child"}, "この異動では動かないため、また、図書カードが「子どもカード」の"),
        ("household.has_garden", {}, "「庭がある」が「いいえ」の"),
        ("not household.has_garden and person.moves", {"moves": False}, "この異動では動かない"),
        ("claimant.card == 'none'", {"card": "adult"}, "請求者の図書カードが「一般カード」の"),
        ("event.kind == 'birth'", {}, "異動の種類が「転入」の"),
        ("event.kind not in ('move_in', 'death')", {}, "異動の種類が「転入」の"),
        ("person != claimant", {}, "請求者ご本人の"),
        ("'chess' in person.hobbies", {"hobbies": ["reading", "music"]}, "好きなことが「音楽」、「読書」の"),
        ("'chess' in person.hobbies", {"hobbies": []}, "好きなことがなしの"),
        ("person.relationship == '子'", {"relationship": "世帯主"}, "続柄が「世帯主」の"),
        ("person.books_borrowed == 3", {"books_borrowed": 4}, "借りている冊数が4の"),
        ("person.books_borrowed != 4", {"books_borrowed": 4}, "借りている冊数が4の"),
        ("3 < person.books_borrowed", {"books_borrowed": 3}, "借りている冊数が3で、3以下の"),
        ("3 >= person.books_borrowed", {"books_borrowed": 4}, "借りている冊数が4で、3を超える"),
        ("person.books_borrowed > 3", {"books_borrowed": 3}, "借りている冊数が3で、3以下の"),
        ("person.books_borrowed >= 3", {"books_borrowed": 2}, "借りている冊数が2で、3未満の"),
        ("person.books_borrowed < 3", {"books_borrowed": 3}, "借りている冊数が3で、3以上の"),
        ("person.income_yen < parameters.free_income_limit", {"income_yen": 1_000_000}, "年間所得が1,000,000円で、1,000,000円以上の"),
        ("person.income_yen * 2 < 100", {"income_yen": 50}, "年間所得と2から計算した額が100円で、100円以上の"),
        ("person.income_yen <= table('limit', 1)", {"income_yen": 201}, "年間所得が201円で、200円を超える"),
        ("table('limit', 3) > person.income_yen", {"income_yen": 500}, "所得の限度額が220円で、500円以下の"),
        ("(1 if person.moves else person.books_borrowed) > 5", {"moves": True, "books_borrowed": 2}, "1または借りている冊数が1で、5以下の"),
        ("reference_date - event.planned_move_out_date > 14", {}, "転出予定日から異動の日までの日数が11日で、14日以下の"),
        ("age_on(person.birth_date, notified_on) <= 64", {"birth_date": "1960-01-01"}, "64歳を超える"),
        ("max(person.books_borrowed, 2) > 5", {"books_borrowed": 1}, "大きい方の数が2で、5以下の"),
        ("min(person.books_borrowed, 2) > 5", {"books_borrowed": 1}, "小さい方の数が1で、5以下の"),
        ("event.move_date < reference_date", {}, "引っ越した日（令和8年11月5日）が異動の日（令和8年11月5日）以後の"),
        ("event.move_date > notified_on", {}, "引っ越した日（令和8年11月5日）が届出の日（令和8年11月9日）以前の"),
        ("event.move_date >= notified_on", {}, "引っ越した日（令和8年11月5日）が届出の日（令和8年11月9日）より前の"),
        ("notified_on <= event.move_date", {}, "届出の日（令和8年11月9日）が引っ越した日（令和8年11月5日）より後の"),
        ("event.move_date == notified_on", {}, "引っ越した日（令和8年11月5日）が届出の日（令和8年11月9日）と違う日の"),
        ("event.move_date != reference_date", {}, "引っ越した日（令和8年11月5日）が異動の日（令和8年11月5日）と同じ日の"),
        ("date(1860, 1, 1) > event.move_date", {}, "引っ越した日（令和8年11月5日）が西暦1860年1月1日（西暦1860年1月1日）以後の"),
        ("days_after(event.move_date, 14) < notified_on", {}, "引っ越した日から14日後（令和8年11月19日）が届出の日（令和8年11月9日）以後の"),
        ("months_after(event.move_date, 3) < notified_on", {}, "引っ越した日から3か月後（令和9年2月5日）が届出の日（令和8年11月9日）以後の"),
        ("next_month_start(event.move_date) < notified_on", {}, "引っ越した日の翌月1日（令和8年12月1日）が届出の日（令和8年11月9日）以後の"),
        ("open_day(event.move_date) > notified_on", {}, "引っ越した日(閉庁日なら次の開庁日)（令和8年11月5日）が届出の日（令和8年11月9日）以前の"),
        ("fiscal_year_start(event.move_date) > notified_on", {}, "引っ越した日の年度の初日（令和8年4月1日）が届出の日（令和8年11月9日）以前の"),
        ("min(event.move_date, notified_on) > notified_on", {}, "早い方の日（令和8年11月5日）が届出の日（令和8年11月9日）以前の"),
        ("max(event.move_date, notified_on) < notified_on", {}, "遅い方の日（令和8年11月9日）が届出の日（令和8年11月9日）以後の"),
        ("school_entry(person.birth_date) <= notified_on", {"birth_date": "2022-05-05"}, "小学校に入学する日（令和11年4月1日）を迎えていない"),
        ("notified_on < school_entry(person.birth_date)", {"birth_date": "2012-05-05"}, "小学校に入学する日（平成31年4月1日）を迎えている"),
        ("notified_on > fiscal_year_end(event.move_date)", {}, "引っ越した日以後の最初の3月31日（令和9年3月31日）を過ぎていない"),
        ("notified_on < attains(person.birth_date, 20)", {"birth_date": "2000-05-05"}, "20歳に達している"),
        ("birthday(person.birth_date, 20) <= notified_on", {"birth_date": "2016-05-05"}, "20歳の誕生日を迎えていない"),
    ],
)  # fmt: skip
def test_a_clause_about_one_person(must: str, person: dict[str, object], says: str) -> None:
    event = {"kind": "move_in", "move_date": date(2026, 11, 5), "planned_move_out_date": date(2026, 10, 25)}
    said = reasons(must, {"id": "p1", **person}, event=event)
    assert said.startswith(f"{says}ためです"), said


@pytest.mark.parametrize(
    ("must", "says"),
    [
        ("any(c.card == 'none' for c in person.children)", "子の図書カードが「子どもカード」の"),
        ("any(c.birth_date > notified_on for c in person.children)", "子の生年月日"),
        ("all(m.moves for m in household.people)", "世帯の方がこの異動では動かない"),
        ("all(m.card == 'none' for m in household.people)", "世帯の方に当てはまる方がいる"),
        ("any(m.card == 'none' for m in household.people)", "世帯の方に当てはまる方がいない"),
        ("any(m.card == 'none' for m in household.people if m.moves)", "世帯の方に当てはまる方がいない"),
        ("not any(c.moves for c in household.children)", "世帯の子がこの異動で動く"),
        ("count(m for m in household.people if m.moves) > 1", "世帯の方の人数が1人で、1人以下の"),
        ("sum(m.income_yen for m in household.people) > 100", "世帯の方の合計が30円で、100円以下の"),
        ("min(m.income_yen for m in household.people) > 10", "世帯の方の最小が10円で、10円以下の"),
        ("max(m.income_yen for m in person.children) > 10", "子の最大が10円で、10円以下の"),
        ("any(m.moves for m in person.spouse)", "配偶者がいない"),
        (
            "attains(max(c.birth_date for c in person.parents), 18) <= reference_date",
            "父母に当てはまる方がいない",
        ),
        (
            "max(c.income_yen for c in household.people if c.card == 'none') > 3",
            "世帯の方に当てはまる方がいない",
        ),
        ("min(c.birth_date for c in person.spouse) == notified_on", "配偶者に当てはまる方がいない"),
    ],
)
def test_a_clause_about_several_people(must: str, says: str) -> None:
    parent = {"id": "p1", "birth_date": "1990-01-01", "moves": False, "card": "adult", "income_yen": 20}
    said = reasons(must, parent, {**CHILD, "income_yen": 10})
    assert said.startswith(f"{says}"), said
    assert "ためです" in said
