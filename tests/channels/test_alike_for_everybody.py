"""What is kept of a page because it is alike for everybody says nothing of anybody, and every language and place has its own."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template, engines
from django.template.base import Node, TextNode
from django.test import Client, RequestFactory
from django.urls import set_script_prefix
from django.utils import translation

from madoguchi.channels.shared.content_policy import ContentPolicy
from madoguchi.channels.shared.folded_templates import AlikePart, _fold

HEADER = "Content-Security-Policy"
PAGE = """{% load i18n static %}<p>{% translate "つぎへ" %}</p>{% if who %}<b>{{ who }}</b> {% translate "つぎへ" %}{% else %}
<a href="{% url 'my:home' %}">{% translate "閉じる" %}</a>{% static 'shared/icon.svg' %}{% endif %}{% for one in all %}<i>{{ one }}</i>
{% translate one %}{% translate "閉じる" as shut %}{{ shut }}{% url 'my:apply_ask' one %}{% endfor %}"""


def both() -> tuple[Template, Template]:
    plain, folded = Template(PAGE), Template(PAGE)
    _fold(folded.nodelist)
    return plain, folded


def test_a_folded_page_says_what_the_plain_one_says_in_every_language() -> None:
    plain, folded = both()
    assert folded.nodelist.get_nodes_by_type(AlikePart)
    for code, _name in settings.LANGUAGES * 2:
        for said in ({"who": "<髙橋>", "all": []}, {"all": ["閉じる", "2"]}, {"who": "花", "all": ["1"]}):
            with translation.override(code):
                assert folded.render(Context(said)) == plain.render(Context(said))


def test_an_address_is_kept_for_the_place_the_product_is_mounted_at() -> None:
    plain, folded = both()
    try:
        for place in ("/", "/madoguchi/", "/"):
            set_script_prefix(place)
            said = folded.render(Context({"all": []}))
            assert said == plain.render(Context({"all": []}))
            assert f'href="{place}my/"' in said
    finally:
        set_script_prefix("/")


@pytest.mark.parametrize(
    "part",
    [
        "{{ who }}", "{% translate who %}", '{% translate "a" as who %}', '{% translate "a"|upper %}', "{% csrf_token %}",
        '{% translate "a" context who %}', "{% url who %}", "{% url 'my:apply_ask' who %}", "{% url 'my:home' as who %}",
        "{% static who %}", "{% static 'a' as who %}", '{% include "apply/problems.html" %}',
        "{% blocktranslate %}{{ who }}{% endblocktranslate %}", "{% get_current_language as who %}", "{% if who %}{% endif %}",
    ],
)  # fmt: skip
def test_nothing_that_a_page_is_given_is_kept(part: str) -> None:
    page = Template("{% load i18n static %}" + part + part)
    before: list[Node] = list(page.nodelist)[1:]
    _fold(page.nodelist)
    assert list(page.nodelist)[1:] == before


def test_pages_of_residents_are_folded_and_keep_their_frame() -> None:
    page = engines["django"].from_string("").template.engine.get_template("apply/ask.html")
    kept = [
        one
        for block in page.nodelist[0].blocks.values()  # type: ignore[attr-defined]  # an ExtendsNode
        for one in block.get_nodes_by_type(AlikePart)
    ]
    assert kept and all(not isinstance(one, TextNode) for one in kept)


def answer(**own: object) -> HttpResponse:
    def view(_request: HttpRequest) -> HttpResponse:
        said = HttpResponse()
        for name, value in own.items():
            setattr(said, name, value)
        return said

    found = ContentPolicy(view)(RequestFactory().get("/"))
    assert isinstance(found, HttpResponse)
    return found


def directives(header: str) -> set[str]:
    return {one.strip() for one in header.split(";")}


def test_a_page_has_the_policy_of_the_settings_and_another_only_where_it_says_so() -> None:
    usual = directives(answer()[HEADER])
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= usual
    assert len(usual) == len(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
    wider = directives(answer(_csp_update={"connect-src": ["http://a.example"]})[HEADER])
    assert wider ^ usual == {"connect-src 'self'", "connect-src 'self' http://a.example"}
    assert HEADER not in answer(_csp_exempt=True)
    assert directives(answer(_csp_update={})[HEADER]) == usual


@pytest.mark.django_db
def test_a_page_that_was_kept_in_one_language_is_not_shown_in_another(client: Client) -> None:
    said = [client.get(f"/my/sign-in/?language={code}").content.decode() for code in ("en", "ja", "vi", "en")]
    assert len(set(said[:3])) == 3
    assert 'lang="en"' in said[3] and 'lang="ja"' in said[1]
