"""What a page says of its language, in templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext

from madoguchi.booking.services import Lane, Service
from madoguchi.channels.shared.languages import (
    ASKED,
    JAPANESE,
    city_word,
    current,
    desk_marked,
    speaking,
    tag_of,
    tongues,
)

register = template.Library()


@register.simple_tag
def page_language() -> str:
    """The value of `lang` for what is being said now."""
    return tag_of(current())


@register.simple_tag
def other_tongues(japanese: str) -> str:
    """A phrase of a board in every other language, one shown at a time (`live.js` turns them); nothing without any."""
    said = []
    for one in tongues():
        if one.tag != JAPANESE:
            with speaking(one.code):
                said.append((one.tag, gettext(japanese)))
    spans = (
        format_html('<span lang="{}"{}>{}</span>', tag, mark_safe(" hidden") if at else "", words)
        for at, (tag, words) in enumerate(said)
    )
    return (
        format_html(' <small class="mdg-tongues" data-tongues>{}</small>', mark_safe("".join(spans)))
        if said
        else ""
    )


@register.simple_tag
def language_links() -> str:
    """The languages to choose from, each in its own script, as links to this page; nothing where there is one only."""
    return _links("")


def _links(rest: str) -> str:
    links = format_html_join(
        "",
        '<li><a href="?{}={}{}" lang="{}" hreflang="{}"{}>{}</a></li>',
        (
            (ASKED, one.code, rest, one.tag, one.tag, mark_safe(' aria-current="true"') if one.code == current() else "", one.name)
            for one in tongues()
        ),
    )  # fmt: skip
    words = gettext("ことばを選ぶ")
    nav = format_html('<nav aria-label="{}"><ul class="mdg-nav">{}</ul></nav>', words, links)
    return nav if len(tongues()) > 1 else ""


@register.simple_tag(takes_context=True)
def languages_here(context: dict[str, Any]) -> str:
    """The same at the foot of a page whose address asks for more, which the links keep."""
    asked = context["request"].GET.copy()
    asked.pop(ASKED, None)
    rest = format_html("&amp;{}", asked.urlencode()) if asked else ""
    return _links(rest)


@register.filter
def said_by_city(named: Service | Lane) -> str:
    """The name of a service or a lane in the language of the page."""
    return city_word(named.name, named.names)


@register.filter
def desk(name: str) -> str:
    """A desk in the language of the page."""
    return desk_marked(name)


@register.filter
def only_japanese(text: str) -> str:
    """What the city says in Japanese only, marked so on a page of another language."""
    return city_word(text)
