"""The languages of visitors' pages (来庁者のことば): Japanese unless one is chosen, and what a page says of itself in `lang`.

Staff pages are always in Japanese, whatever the browser prefers. A visitor's page is drawn inside `speaking(...)`, in a
language that the city offers (`MADOGUCHI_LANGUAGES`); what the city itself has not translated (names of services, lanes,
desks) stays Japanese and is marked as Japanese.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from madoguchi.booking.services import Names, Service
from madoguchi.procedures.translations import language_of

JAPANESE = "ja"
EASY = "ja-easy"
ASKED = "language"
_NUMBERED_DESK = re.compile(r"(\d{1,3})番窓口")


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language that visitors may choose: its code, what a page says in `lang`, and its name in its own script."""

    code: str
    tag: str
    name: str


class JapaneseUnlessChosen:
    """Middleware: every page is in Japanese; the browser's preference decides nothing for staff."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with speaking(JAPANESE):
            answer = self.get_response(request)
        answer.headers.setdefault("Content-Language", JAPANESE)
        return answer


def tongues() -> tuple[Tongue, ...]:
    """What visitors may choose here, Japanese first."""
    return _tongues(tuple(settings.LANGUAGES))


@lru_cache(maxsize=8)
def _tongues(languages: tuple[tuple[str, str], ...]) -> tuple[Tongue, ...]:
    return tuple(Tongue(code, tag_of(code), name) for code, name in languages)


def offered(code: str) -> str:
    """The code itself when the city offers that language (letters of either size), else Japanese."""
    return _offered(code.lower(), tuple(settings.LANGUAGES))


@lru_cache(maxsize=256)
def _offered(small: str, languages: tuple[tuple[str, str], ...]) -> str:
    return next((one for one, _name in languages if one.lower() == small), JAPANESE)


def current() -> str:
    """The language that is being spoken now, as the city's list writes it."""
    return offered(translation.get_language() or JAPANESE)


def tag_of(code: str) -> str:
    """What a page says in `lang`: やさしい日本語 is Japanese."""
    found = language_of(offered(code))
    return found.tag if found else JAPANESE


def asked(request: HttpRequest) -> str:
    """The language of a public page: what its address says, else the first that the browser prefers and the city offers."""
    if wanted := request.GET.get(ASKED, ""):
        return offered(wanted)
    for said, _weight in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower()):
        for code, _name in settings.LANGUAGES:
            if said == code.lower() or (said.split("-")[0] == code.split("-")[0].lower() and code != EASY):
                return code
    return JAPANESE


def speaking(code: str) -> AbstractContextManager[None]:
    """Everything inside is said in this language."""
    return translation.override(code)


def in_asked_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A public page in the language that its reader asks for."""

    def page(request: HttpRequest, *given: str, **named: str) -> HttpResponse:
        code = asked(request)
        with speaking(code):
            answer = view(request, *given, **named)
        answer["Content-Language"] = tag_of(code)
        return answer

    return page


def city_word(japanese: str, others: Names = ()) -> str:
    """A name as the city gives it in the language that is spoken; Japanese, marked as such, where it gives none."""
    spoken = current()
    own = dict(others).get(spoken, "")
    if own or tag_of(spoken) == JAPANESE:
        return own or japanese
    return format_html('<span lang="ja">{}</span>', japanese)


def said_services(services: Iterable[Service]) -> str:
    """Names of several services in the language of the page, in one line."""
    between = "、" if tag_of(current()) == JAPANESE else ", "
    return format_html_join(between, "{}", ((city_word(one.name, one.names),) for one in services))


def desk_word(name: str) -> str:
    """A desk as text: 「3番窓口」 can be said in every language, another name stays as the sign has it."""
    found = _NUMBERED_DESK.fullmatch(name)
    return _("%(n)s番窓口") % {"n": found[1]} if found else name


def desk_marked(name: str) -> str:
    """The same on a page, marked as Japanese where it stays so."""
    return desk_word(name) if _NUMBERED_DESK.fullmatch(name) else city_word(name)
