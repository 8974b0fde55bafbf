"""What visitors' pages say is there in every language, whole; what staff see stays Japanese."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils.translation import to_locale
from tools import messages

from madoguchi.channels.shared.languages import speaking
from madoguchi.config.settings import VISITORS_LANGUAGES, _languages
from madoguchi.connect import slip_fonts
from madoguchi.procedures.translations import language_of


@pytest.mark.parametrize("path", messages.catalogues(), ids=lambda path: path.parent.parent.name)
def test_a_language_that_is_offered_lacks_no_sentence(path: Path) -> None:
    assert messages.faults(path) == []


def test_every_language_has_its_catalogue_and_is_one_that_the_catalogue_of_procedures_knows() -> None:
    there = {path.parent.parent.name for path in messages.catalogues()}
    assert there == {to_locale(code) for code in VISITORS_LANGUAGES}
    assert all(language_of(code) for code in VISITORS_LANGUAGES)


@pytest.mark.parametrize("path", messages.catalogues(), ids=lambda path: path.parent.parent.name)
def test_every_sentence_can_be_printed(path: Path) -> None:
    for one in polib.pofile(str(path)):
        missing = [piece for _font, piece in slip_fonts.foreign(one.msgstr) if piece == "〓"]
        assert missing == [], one.msgstr


def test_a_sentence_that_is_missing_is_found(tmp_path: Path) -> None:
    broken = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    broken.parent.mkdir(parents=True)
    catalogue = polib.pofile(str(messages.LOCALE / "en" / "LC_MESSAGES" / "django.po"))
    catalogue[0].msgstr = ""
    catalogue.append(polib.POEntry(msgid="だれも言わない", msgstr="nobody"))
    catalogue.save(str(broken))
    catalogue.save_as_mofile(str(broken.with_suffix(".mo")))
    assert len(messages.faults(broken)) == 2


def test_a_city_chooses_its_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADOGUCHI_LANGUAGES", "vi, en")
    assert [code for code, _name in _languages()] == ["ja", "vi", "en"]
    monkeypatch.setenv("MADOGUCHI_LANGUAGES", "")
    assert _languages() == [("ja", "日本語")]
    monkeypatch.setenv("MADOGUCHI_LANGUAGES", "klingon")
    with pytest.raises(ImproperlyConfigured, match="klingon"):
        _languages()


@pytest.mark.django_db
def test_pages_of_staff_stay_japanese_whatever_the_browser_prefers(
    city: object, signed_in: Callable[[str], Client]
) -> None:
    clerk = signed_in("clerk_hana")
    for path in ("/calls/", "/calls/day/", "/reserve/", "/accounts/login/"):
        answer = clerk.get(path, headers={"accept-language": "en"}, follow=True)
        if answer.status_code == 200:
            page = answer.content.decode()
            assert '<html lang="ja">' in page and "City office counter" not in page
    assert settings.LANGUAGE_CODE == "ja"


def test_japanese_is_what_it_was() -> None:
    with speaking("ja"):
        from django.utils.translation import gettext

        assert [one for one in messages.wanted() if gettext(one) != one] == []
