"""Files that leave the back office: never kept by a browser or a proxy."""

from __future__ import annotations

from django.http import HttpResponse


def file_response(content: bytes, name: str, kind: str) -> HttpResponse:
    """`content` as a file to save under `name`."""
    found = HttpResponse(content, content_type=kind)
    found["Content-Disposition"] = f'attachment; filename="{name}"'
    found["Cache-Control"] = "no-store"
    return found
