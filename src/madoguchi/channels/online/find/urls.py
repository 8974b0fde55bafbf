"""Addresses of finding out: open to anyone. None has an answer in it; `number` has the code of what was kept, on wish."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.online.find import views, views_number

app_name = "find"
urlpatterns = [
    path("", views.start, name="start"),
    path("people/", views.people, name="people"),
    path("ask/", views.ask, name="ask"),
    path("keep/", views_number.keep, name="keep"),
    path("number/", views_number.enter, name="enter"),
    path("number/<str:code>/", views_number.number, name="number"),
    path("number/<str:code>/drop/", views_number.drop, name="drop"),
]
