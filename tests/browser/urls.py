"""The product's addresses and the gallery of components, which only tests open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from madoguchi.city.authority import Authority, needs
from madoguchi.config.urls import urlpatterns as product


@needs(Authority.ANYONE)
def gallery(request: HttpRequest) -> HttpResponse:
    """Each component once."""
    return render(request, "shared/gallery.html")


urlpatterns = [path("gallery/", gallery, name="gallery"), *product]
