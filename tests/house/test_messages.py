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
from madoguchi.config.demo_city import LANGUAGES_PACK
from madoguchi.config.settings import LANGUAGES_IN_PREPARATION, VISITORS_LANGUAGES, _languages
from madoguchi.connect import slip_fonts
from madoguchi.procedures.loader import NATIONAL_FOLDER, load_pack
from madoguchi.procedures.translations import language_of, offered


@pytest.mark.parametrize("path", messages.catalogues(), ids=lambda path: path.parent.parent.name)
def test_a_catalogue_lacks_no_sentence_beyond_what_is_written_down(path: Path) -> None:
    """A language that is offered lacks none; one in preparation as many as `messages.LACKING` says, no more and no less."""
    assert messages.faults(path) == []


def test_every_language_has_its_catalogue_and_is_one_that_the_catalogue_of_procedures_knows() -> None:
    there = {path.parent.parent.name for path in messages.catalogues()}
    known = {**VISITORS_LANGUAGES, **LANGUAGES_IN_PREPARATION}
    assert there == {to_locale(code) for code in known}
    assert all(language_of(code) for code in known)


def test_only_a_language_in_preparation_may_lack_a_sentence() -> None:
    assert set(messages.LACKING) <= {to_locale(code) for code in LANGUAGES_IN_PREPARATION}


def test_a_language_is_offered_when_its_procedures_are_complete_and_not_before() -> None:
    """What visitors may choose is what the shipped texts of procedures, questions and sheets are whole in."""
    whole = {one.value for one in offered(load_pack(NATIONAL_FOLDER, LANGUAGES_PACK))}
    assert whole == set(VISITORS_LANGUAGES)
    assert not whole & set(LANGUAGES_IN_PREPARATION)


@pytest.mark.parametrize("path", messages.catalogues(), ids=lambda path: path.parent.parent.name)
def test_every_sentence_can_be_printed(path: Path) -> None:
    language = path.parent.parent.name.replace("_", "-")
    for one in polib.pofile(str(path)):
        missing = [piece for _font, piece in slip_fonts.foreign(one.msgstr, language) if piece == "〓"]
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


def test_a_language_in_preparation_is_looked_at_only_by_its_own_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MADOGUCHI_LANGUAGES", "en,ko")
    with pytest.raises(ImproperlyConfigured, match="ko"):
        _languages()
    monkeypatch.setenv("MADOGUCHI_LANGUAGES", "en")
    monkeypatch.setenv("MADOGUCHI_LANGUAGES_IN_PREPARATION", "ko, th")
    assert [code for code, _name in _languages()] == ["ja", "en", "ko", "th"]


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
