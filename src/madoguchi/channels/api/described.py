"""openapi.json and the page for people: the same description of every address, made from the addresses themselves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madoguchi.catalogue.queries import NothingPublished, current_revision, pack_of
from madoguchi.channels.api.door import published
from madoguchi.channels.api.problems import PLACE, cannot
from madoguchi.channels.api.service import api, only_known
from madoguchi.channels.api.situation_body import body_schema


@dataclass(frozen=True, slots=True)
class Described:
    """One address as the page lists it."""

    method: str
    path: str
    summary: str
    description: str
    words: tuple[tuple[str, str], ...]


@lru_cache(maxsize=4)
def description(revision: str) -> bytes:
    """The OpenAPI description, with the body of a decision as this revision's vocabulary has it."""
    told = _plain()
    told["components"]["schemas"]["Situation"] = body_schema(pack_of(revision))
    return json.dumps(told, ensure_ascii=False).encode()


def _plain() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PLACE)))
    return found


def openapi(request: HttpRequest) -> HttpResponse:
    """The description, as data."""
    if request.method != "GET":
        answer = HttpResponse(status=405)
        answer["Allow"] = "GET"
        return answer
    only_known(request)
    try:
        return published(request, description(current_revision()))
    except NothingPublished as error:
        raise cannot(503) from error


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page for people: what there is, in Japanese, with an example of each."""
    groups: dict[str, list[Described]] = {}
    for path, methods in _plain()["paths"].items():
        for method, one in methods.items():
            words = tuple(
                (word["name"], word["schema"].get("description", "")) for word in one.get("parameters", [])
            )
            told = Described(method.upper(), path, one["summary"], one.get("description", ""), words)
            groups.setdefault(one["tags"][0], []).append(told)
    return render(request, "api/page.html", {"groups": list(groups.items())})
