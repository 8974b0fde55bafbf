"""What is said after signing in and out is the product's own Japanese."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.test import Client
from tests import cast

from madoguchi.audit.entries import Actor


@pytest.mark.django_db
def test_signing_in_needs_no_word_and_signing_out_has_one(city: Mapping[str, Actor]) -> None:
    browser = Client()
    inside = browser.post(
        "/staff/login/", {"login": "clerk_hana", "password": cast.PASSWORD}, follow=True
    ).content.decode()
    assert "ログイン" not in inside
    assert "/staff/logout/" in inside
    outside = browser.post("/staff/logout/", follow=True).content.decode()
    assert "サインアウトしました。" in outside
