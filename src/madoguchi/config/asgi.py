"""The ASGI application of the streams, which granian serves in a process of its own (`madoguchi serve` starts it). No page is here."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings")
django.setup()

from django.conf import settings  # noqa: E402  -- after the set-up
from django.utils import timezone  # noqa: E402  -- after the set-up

from madoguchi.channels.board.stream_app import StreamApplication  # noqa: E402  -- after the set-up
from madoguchi.channels.board.stream_hub import Hub, Pace  # noqa: E402  -- after the set-up
from madoguchi.channels.board.stream_reader import DatabaseReader  # noqa: E402  -- after the set-up
from madoguchi.channels.board.stream_wakes import PostgresWakes, SqliteWakes, Wakes  # noqa: E402  -- after the set-up
from madoguchi.config.database import listening_address  # noqa: E402  -- after the set-up
from madoguchi.config.memory import settle  # noqa: E402  -- after the set-up


def made() -> StreamApplication:
    """The application, for the database and the pace of the settings."""
    reader = DatabaseReader()

    def hub() -> Hub:
        address = listening_address(settings.DATABASES["default"], os.environ.get("MADOGUCHI_LISTEN_URL"))
        wakes: Wakes = PostgresWakes(address) if address else SqliteWakes(reader.version)
        return Hub(reader, wakes, now=timezone.now, pace=Pace(beat=settings.BEAT_SECONDS))

    return StreamApplication(hub=hub, reader=reader, now=timezone.now)


application = made()
settle()
