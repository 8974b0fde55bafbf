"""オンラインの方の確認 on screen: who sees which match, both sides, and what is said when it cannot be decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from django.test import Client
from tests.cast import PLANTED, RESIDENTS
from tests.rooms.residents.test_deciding import HEAD, moved
from tests.rooms.residents.test_matching import came, facts_of

from madoguchi.audit.entries import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents")]


def test_a_match_is_seen_and_decided_by_those_whose_it_is(
    signed_in: Callable[[str], Client], city: Mapping[str, Actor]
) -> None:
    row = moved()
    hidden = came(facts_of(RESIDENTS["protected"]), "s2")
    reviewer, handler = signed_in("reviewer_jiro"), signed_in("protector_yuki")
    page = reviewer.get("/office/matches/").content.decode()
    assert "髙橋 太郎" in page
    assert "守田" not in page
    assert reviewer.get(f"/office/matches/{hidden.pk}/").status_code == 404
    sheltered = handler.get(f"/office/matches/{hidden.pk}/").content.decode()
    assert "守田 雪" in sheltered
    assert [word for word in PLANTED if word in sheltered] == []
    assert handler.get(f"/office/matches/{row.pk}/").status_code == 404
    assert signed_in("clerk_hana").get("/office/matches/").status_code == 403
    one = reviewer.get(f"/office/matches/{row.pk}/").content.decode()
    assert "柏台三丁目5番地の1" in one and "本町1" in one
    assert one.count(">違います<") == 1, "the address, and nothing else"
    assert ">違います<" not in sheltered
    said = {"act": "accept", "resident_no": HEAD.resident_no, "reason": "", "version": str(row.version)}
    assert reviewer.post(f"/office/matches/{row.pk}/", said).status_code == 422
    answer = reviewer.post(f"/office/matches/{row.pk}/", {**said, "reason": "免許証"}, follow=True)
    assert "結びつけました" in answer.content.decode()
    gone = reviewer.post(f"/office/matches/{row.pk}/", {**said, "reason": "免許証"}, follow=True)
    assert "もう済んだか" in gone.content.decode()
