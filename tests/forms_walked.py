"""The pages that lie behind forms, walked once with plain forms and no JavaScript in one language: what each was, by name."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from lxml import html as trees
from PIL import Image

TEXTS = {"name": "髙橋 新", "contact": ""}
MOST_PAGES = 60


def picture() -> bytes:
    """A small photograph."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(file, "PNG")
    return file.getvalue()


@dataclass
class Walk:
    """A browser without JavaScript whose reader prefers one language."""

    language: str
    seen: dict[str, str] = field(default_factory=dict)
    url: str = ""
    last: Any = None

    def __post_init__(self) -> None:
        self.client = Client(headers={"accept-language": self.language})

    @property
    def page(self) -> str:
        return str(self.last.content.decode())

    def kept(self, name: str, answer: Any) -> None:
        """Go on from this page; it is kept by its name, and a second one of the name beside it."""
        self.last = answer
        self.url = answer.request["PATH_INFO"]
        query = answer.request["QUERY_STRING"]
        self.url += f"?{query}" if query else ""
        refused = (404,) if name.endswith("wrong") else ()
        assert answer.status_code in (200, 409, 422, *refused), (name, answer.status_code, self.url)
        while name in self.seen:
            name += "+"
        self.seen[name] = answer.content.decode()

    def get(self, name: str, url: str) -> None:
        self.kept(name, self.client.get(url, follow=True))

    def post(self, name: str, url: str, fields: Mapping[str, object]) -> None:
        self.kept(name, self.client.post(url, dict(fields), follow=True))

    def send(self, name: str, *, wrong: bool = False, **said: object) -> None:
        """Fill in the form of the page as an ordinary family would, and send it; `wrong`: as it stands."""
        form = self.form()
        fields = {} if wrong else filled(form)
        fields |= {key: value for key, value in hidden(form).items() if key not in fields}
        self.post(name, form.get("action") or self.url, {**fields, **said})

    def form(self) -> Any:
        """The form of the page's own question: the last that posts within `main`."""
        found = trees.fromstring(self.page).xpath("//main//form[translate(@method,'POST','post')='post']")
        assert found, self.page[-3000:]
        return max(found, key=lambda one: len(one.xpath(".//input|.//select|.//textarea")))


def hidden(form: Any) -> dict[str, str]:
    """What travels with a form unseen."""
    return {one.get("name"): one.get("value") or "" for one in form.xpath(".//input[@type='hidden'][@name]")}


def filled(form: Any) -> dict[str, object]:
    """Ordinary answers: the first choice of each, days and eras by what stands there or the newest, names."""
    fields: dict[str, object] = dict(hidden(form))
    for one in form.xpath(".//input[@name]|.//select[@name]|.//textarea[@name]"):
        name, kind = one.get("name"), one.get("type") or one.tag
        if kind == "radio":
            if name not in fields or one.get("checked") is not None:
                fields[name] = one.get("value")
        elif kind == "checkbox":
            fields.setdefault(name, [])
            chosen = fields[name]
            if isinstance(chosen, list):
                chosen.append(one.get("value") or "on")
        elif kind == "select":
            fields[name] = _option(one)
        elif kind == "file":
            fields[name] = _file()
        elif kind != "hidden":
            fields[name] = one.get("value") or _typed(name)
    button = form.xpath(".//button[@name]")
    for one in button[:1]:
        fields[one.get("name")] = one.get("value") or ""
    return fields


def _option(one: Any) -> str:
    values = [option.get("value", option.text or "") for option in one.xpath(".//option")]
    if "令和" in values:
        return "令和"
    chosen = [option.get("value") for option in one.xpath(".//option[@selected]")]
    return next((value for value in (*chosen, *values) if value), "")


def _file() -> io.BytesIO:
    file = io.BytesIO(picture())
    file.name = "x.png"
    return file


def _typed(name: str) -> str:
    if name.endswith(("-y", "-m", "-d")):
        return {"y": "8", "m": "11", "d": "5"}[name[-1]]
    return TEXTS.get(name, "髙橋 新")


def until(walk: Walk, name: str, reached: Callable[[Walk], bool]) -> None:
    """Answer page after page until it is reached."""
    for _page in range(MOST_PAGES):
        if reached(walk):
            return
        walk.send(name)
    raise AssertionError(f"{name} does not end: {walk.url}")
