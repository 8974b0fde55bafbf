"""The screen on which one asks, another agrees, and the first sees where a protected person lives (非常時の開示)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from django.test import Client
from tests.cast import NOW, PLANTED_ADDRESS, RESIDENTS, SETTER

from madoguchi.audit.entries import Actor
from madoguchi.city.authority import Role
from madoguchi.city.operations import add_staff
from madoguchi.residents.models import EmergencyRow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents")]
PROTECTED = RESIDENTS["protected"].resident_no


def test_the_screen(signed_in: Callable[[str], Client], city: Mapping[str, Actor]) -> None:
    add_staff(
        username="protector_shimo", password=None, display_name="支援 霜", roles=(Role.PROTECTION,), department=None,
        branch=None, desk=None, by=SETTER, now=NOW,
    )  # fmt: skip
    yuki, shimo, url = (
        signed_in("protector_yuki"),
        signed_in("protector_shimo"),
        "/office/sheltered/emergency/",
    )
    assert yuki.post(url, {"act": "ask", "resident_no": PROTECTED}).status_code == 422
    assert yuki.post(url, {"act": "ask", "resident_no": PROTECTED, "reason": "life"}).status_code == 302
    number = {"number": str(EmergencyRow.objects.get().pk)}
    assert yuki.post(url, {"act": "agree", **number}).status_code == 422
    assert "同意する" in shimo.get(url).content.decode()
    assert shimo.post(url, {"act": "agree", **number}).status_code == 302
    assert shimo.post(url, {"act": "see", **number}).status_code == 422
    shown = yuki.post(url, {"act": "see", **number})
    assert PLANTED_ADDRESS in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert PLANTED_ADDRESS not in yuki.get(url).content.decode()
    assert (
        'value="end"' in yuki.get(url).content.decode()
        and 'value="end"' not in shimo.get(url).content.decode()
    )
    assert shimo.post(url, {"act": "end", **number}).status_code == 422
    assert yuki.post(url, {"act": "end", **number}).status_code == 302
    page = yuki.get(url).content.decode()
    assert "開示を終えました" in page and "申し出た人が終えました" in page
    assert yuki.post(url, {"act": "see", **number}).status_code == 422
    assert yuki.post(url, {"act": "dance", **number}).status_code == 422
    assert yuki.post(url, {"act": "see", "number": "x"}).status_code == 422


def test_an_asking_is_taken_back_on_the_screen(
    signed_in: Callable[[str], Client], city: Mapping[str, Actor]
) -> None:
    yuki, url = signed_in("protector_yuki"), "/office/sheltered/emergency/"
    yuki.post(url, {"act": "ask", "resident_no": PROTECTED, "reason": "life"})
    number = str(EmergencyRow.objects.get().pk)
    assert "取り下げる" in yuki.get(url).content.decode()
    assert yuki.post(url, {"act": "end", "number": number}).status_code == 302
    page = yuki.get(url).content.decode()
    assert "申出を取り下げました" in page and 'value="end"' not in page
    assert yuki.post(url, {"act": "end", "number": number}).status_code == 422
