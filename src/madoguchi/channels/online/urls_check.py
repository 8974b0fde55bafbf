"""Addresses of checking a result document: open to anyone. The number leads here from the paper; the code is typed."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.online import views_check

app_name = "check"
urlpatterns = [
    path("", views_check.check, name="start"),
    path("<str:number>/", views_check.check, name="paper"),
]
