"""Addresses of the booking pages: open to anyone."""

from __future__ import annotations

app_name = "online"
urlpatterns: list[object] = []
