"""The way from a page to what somebody has to say of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from madoguchi.channels.shared.languages import ASKED, JAPANESE, current
from madoguchi.channels.shared.screens import SignedScreen, part_of, screen_at, signed

register = template.Library()


@register.simple_tag(takes_context=True)
def feedback_link(context: dict[str, Any]) -> str:
    """「このページへのご意見」, with the name of the page and its language; the address of the page goes nowhere."""
    request = context.get("request")
    return _link(screen_at(getattr(request, "resolver_match", None)), current())


@lru_cache(maxsize=1024)
def _link(screen: SignedScreen, language: str) -> str:
    about = signed(screen)
    asked = {"about": about} if about else {}
    if language != JAPANESE:
        asked[ASKED] = language
    query = f"?{urlencode(asked)}" if asked else ""
    words = gettext("このページへのご意見")
    return format_html(
        '<aside class="mdg-feedback" aria-label="{}"><a href="{}{}" rel="nofollow">{}</a></aside>',
        words, reverse("feedback:give"), query, words,
    )  # fmt: skip


@register.filter
def screen_in_words(screen: str) -> str:
    """The part of the product that a screen belongs to."""
    return gettext(part_of(screen))
