"""Addresses of what the city offers: a letter's code is open to anyone, the rest to whoever signed in as a resident."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.online.offers import views, views_how, views_letter

app_name = "offers"
urlpatterns = [
    path("", views.offers, name="offers"),
    path("how/", views_how.how, name="how"),
    path("letter/", views_letter.letter, name="letter"),
    path("<str:offer>/", views.offer, name="offer"),
]
