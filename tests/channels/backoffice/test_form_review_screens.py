"""The form review on screen, as plain pages and forms: nothing here runs a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from django.http import HttpResponse
from django.test import Client
from django_tasks_db.models import DBTaskResult
from tests import cast
from tests.cast import NOW
from tests.rooms.catalogue.surveys import BY

from madoguchi.catalogue.form_review.marks import marks_of
from madoguchi.catalogue.form_review.settings import setting
from madoguchi.catalogue.form_review.values import LawMark
from madoguchi.catalogue.inventory import city_list
from madoguchi.catalogue.inventory.city_entries import CityEntry
from madoguchi.connect.form_review import form_review
from madoguchi.papers.review.boxes import Verdict
from madoguchi.residents import identifying

SignedIn = Callable[[str], Client]
ROOT = "/office/form-review/"
pytestmark = pytest.mark.django_db


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def counted() -> None:
    newest = identifying.newest()
    assert newest is not None
    identifying.count(number=newest.number, clock=lambda: NOW)


def test_an_empty_office_says_what_to_do_next(city: object, signed_in: SignedIn) -> None:
    mio = signed_in("dx_mio")
    page = text(mio.get(ROOT))
    assert "madoguchi catalogue publish" in page
    assert "住民がまだ登録されていません" in text(mio.get(f"{ROOT}identifiers/"))
    refused = mio.post(f"{ROOT}identifiers/count/")
    assert refused.status_code == 409
    assert "取り込んでから" in text(refused)
    assert mio.get(f"{ROOT}sheets/nhi-enrol/").status_code == 404
    assert mio.get(f"{ROOT}book.xlsx").status_code == mio.get(f"{ROOT}print/").status_code == 302


def test_from_the_list_to_the_count_and_back(
    procedures: str, residents: Mapping[str, str], signed_in: SignedIn
) -> None:
    mio = signed_in("dx_mio")
    page = text(mio.get(ROOT))
    assert "まだ住民記録で数えていません" in page
    assert "年間の枚数が分かる様式がない" in page
    waiting = mio.post(f"{ROOT}identifiers/count/", follow=True)
    assert "順番を待っています" in text(waiting)
    assert DBTaskResult.objects.filter(task_path__endswith="count_identifiers").count() == 1
    assert "いま数えています" in text(mio.post(f"{ROOT}identifiers/count/"))
    only_bar = mio.get(f"{ROOT}identifiers/", headers={"HX-Request": "true"})
    assert "<html" not in text(only_bar)
    counted()
    done = mio.get(f"{ROOT}identifiers/", headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    page = text(mio.get(f"{ROOT}identifiers/?all=1"))
    assert f"住民{len(residents)}人" in page
    assert "令和8年11月9日" in page
    assert "8項目" not in page
    assert all(one.name.name not in page for one in cast.RESIDENTS.values())
    page = text(mio.get(ROOT))
    assert "まだ住民記録で数えていません" not in page
    assert "宛名番号" in page


def test_the_identifiers_of_forms_are_chosen(
    procedures: str, residents: Mapping[str, str], signed_in: SignedIn
) -> None:
    mio = signed_in("dx_mio")
    mio.post(f"{ROOT}identifiers/count/")
    counted()
    page = text(mio.get(f"{ROOT}identifiers/"))
    values = re.findall(r'type="radio"[^>]*value="([^"]*)"', page)
    assert values[:2] == ["", "number"]
    assert "決めました" in text(mio.post(f"{ROOT}identifiers/", {"identifiers": values[2]}, follow=True))
    assert setting().identifiers == tuple(values[2].split("+"))
    assert re.search(rf'value="{re.escape(values[2])}" checked', text(mio.get(f"{ROOT}identifiers/")))
    refused = mio.post(f"{ROOT}identifiers/", {"identifiers": "sex"})
    assert refused.status_code == 422
    assert "選べません" in text(refused)


def test_a_person_says_what_the_law_requires(
    procedures: str, residents: Mapping[str, str], signed_in: SignedIn
) -> None:
    mio = signed_in("dx_mio")
    url = f"{ROOT}sheets/pension/"
    page = text(mio.get(url))
    assert "法令は未確認" in page
    codes = re.findall(r'name="law-(\w+)"', page)
    line = next(one for one in form_review().lines if one.sheet.id == "pension")
    struck = next(box for box in line.sheet.boxes if box.verdict is Verdict.STRIKE)
    said = {f"law-{code}": "unknown" for code in codes} | {"version": "0"}
    refused = mio.post(url, said | {f"law-{struck.key.code}": "required"})
    assert refused.status_code == 422
    assert "根拠" in text(refused)
    assert 'value="required" selected' in text(refused)
    kept = said | {f"law-{struck.key.code}": "required", f"basis-{struck.key.code}": "規則第1条"}
    assert "保存しました" in text(mio.post(url, kept, follow=True))
    assert marks_of("pension").of(struck.key).law is LawMark.REQUIRED
    assert "法令の様式で決まっている（規則第1条）ので残し" in text(mio.get(url))
    assert "ほかの人が先に" in text(mio.post(url, kept))
    assert "読めませんでした" in text(mio.post(url, {"version": "1"}))
    assert mio.get(f"{ROOT}sheets/none/").status_code == 404


def test_assumptions_are_changed_and_every_wrong_one_named(
    procedures: str, residents: Mapping[str, str], signed_in: SignedIn
) -> None:
    mio = signed_in("dx_mio")
    city_list.save(
        entry=CityEntry("", "水道", procedure="water-start", volume=3600), version=None, by=BY, now=NOW
    )
    before = form_review().sure
    url, good = (
        f"{ROOT}assumptions/",
        {"read_box": "3", "write_character": "4", "check_box": "1", "staff_box": "6", "staff_check": "1", "table_people": "2"},
    )  # fmt: skip
    assert "前提を変えました" in text(mio.post(url, good, follow=True))
    assert form_review().sure.resident > before.resident
    refused = mio.post(url, good | {"read_box": "x", "table_people": "0"})
    assert refused.status_code == 422
    assert text(refused).count("整数で入れてください") == 2
    assert "3,600" in text(mio.get(ROOT))


def test_the_report_goes_out_as_excel_and_on_paper(
    procedures: str, residents: Mapping[str, str], signed_in: SignedIn
) -> None:
    mio = signed_in("dx_mio")
    book = mio.get(f"{ROOT}book.xlsx")
    assert book["Content-Disposition"] == 'attachment; filename="form-review.xlsx"'
    assert book["Cache-Control"] == "no-store"
    page = text(mio.get(f"{ROOT}print/"))
    assert "令和" in page
    assert "未確認" in page
    for one in form_review().lines:
        assert one.sheet.title in page


@pytest.mark.parametrize("username", ["clerk_hana", "auditor_ren", "systems_saki"])
def test_nobody_else_may(procedures: str, signed_in: SignedIn, username: str) -> None:
    browser = signed_in(username)
    for place in ("", "sheets/nhi-enrol/", "identifiers/", "assumptions/", "print/", "book.xlsx"):
        assert browser.get(f"{ROOT}{place}").status_code == 403
    assert browser.post(f"{ROOT}identifiers/count/").status_code == 403
    assert identifying.newest() is None
