"""What a template says alike to everybody of one language is said once (同じことばをまとめる).

Between the values of a page stand texts, their translations, addresses of styles and of pages without a value in them: more
than half of the parts of a resident's page, and each a walk through Django's nodes with every page. A run of such parts is
worked out when it is first drawn in a language, and kept as one text. Nothing that comes from the view, the session or the
database is ever in it: a part is alike when its tag names nothing but constants.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.template import Context, Engine, Origin, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.loader_tags import ExtendsNode
from django.template.loaders import app_directories, base, cached
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix, get_urlconf
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language


class AlikePart(Node):
    """Some parts of a template that say the same to everybody of one language (だれにも同じ部分)."""

    child_nodelists: Iterable[str] = ()

    def __init__(self, parts: NodeList) -> None:
        first = parts[0]
        self.token, self.origin = first.token, first.origin
        self._parts = parts
        self._addressed = any(isinstance(one, URLNode | StaticNode) for one in parts)
        self._said: dict[tuple[object, ...], SafeString] = {}

    def render_annotated(self, context: Context) -> SafeString:
        """The text, from the language that is spoken, and where the product is mounted if there is an address in it."""
        key: tuple[object, ...] = (get_language(), context.autoescape)
        if self._addressed:
            key = (*key, get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF)
        said = self._said.get(key)
        if said is None:
            said = self._said[key] = mark_safe(self._parts.render(context))
        return said

    render = render_annotated


class _Folding(base.Loader):
    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        found = super().get_template(template_name, skip)
        _fold(found.nodelist)
        return found


class Loader(cached.Loader, _Folding):
    """Templates of the applications (画面のひな形の読込み), kept as Django keeps them, after what is alike in them was put together."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, [f"{app_directories.__name__}.Loader"])


def _fold(nodes: NodeList) -> None:
    """Put together, in this list and everything below it, whatever is alike and stands side by side."""
    for one in nodes:
        for below in _below(one):
            _fold(below)
    if any(isinstance(one, ExtendsNode) for one in nodes):
        return  # Django looks for it behind nothing but texts; what stands around it is not drawn
    folded: list[Node] = []
    run = NodeList()
    for one in [*nodes, None]:
        if one is not None and _is_alike(one):
            run.append(one)
            continue
        if len(run) > 1 or (run and not isinstance(run[0], TextNode)):
            folded.append(AlikePart(run))
        else:
            folded.extend(run)
        run = NodeList()
        if one is not None:
            folded.append(one)
    nodes[:] = folded


def _below(node: Node) -> Iterable[NodeList]:
    if isinstance(node, IfNode):  # what it calls its nodelist is made anew whenever it is asked for
        return [nodes for _condition, nodes in node.conditions_nodelists]
    found = (getattr(node, name, None) for name in node.child_nodelists)
    return [one for one in found if isinstance(one, NodeList)]


def _is_alike(node: Node) -> bool:
    # By their very classes: another's tag that is built upon one of these may say what it likes.
    kind: Any = type(node)
    if kind in (TextNode, CommentNode, LoadNode):
        return True
    if isinstance(node, TranslateNode):
        said = node.filter_expression
        literal = getattr(said.var, "lookups", ()) is None and not said.filters
        return kind is TranslateNode and literal and not (node.asvar or node.message_context)
    if isinstance(node, URLNode):
        return kind is URLNode and _constant(node.view_name) and not (node.args or node.kwargs or node.asvar)
    return (
        kind is StaticNode and isinstance(node, StaticNode) and node.varname is None and _constant(node.path)
    )


def _constant(said: FilterExpression) -> bool:
    return isinstance(said.var, str) and not said.filters
