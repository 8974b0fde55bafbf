"""Addresses of the public interface: open to anybody, each behind its door."""

from __future__ import annotations

from django.urls import URLPattern, path

from madoguchi.channels.api import described
from madoguchi.channels.api.door import door
from madoguchi.channels.api.service import api
from madoguchi.city.authority import Authority, needs

VERSION = "v1/"
ROOT, HEALTH = "api-root", "health"
anybody = needs(Authority.ANYONE)

app_name = "api"
urlpatterns = [
    path("", anybody(described.page), name="page"),
    path(f"{VERSION}openapi.json", anybody(door(described.openapi)), name="openapi"),
    *(
        path(
            f"{VERSION}{one.pattern}",
            anybody(door(one.callback, counted=one.name != HEALTH)),
            name=one.name,
        )
        for one in api.urls[0]
        if isinstance(one, URLPattern) and one.name != ROOT
    ),
]
