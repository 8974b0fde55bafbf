"""A file that a resident attached, given out (添付ファイルを渡す): never run, never a page of ours, under no name of theirs."""

from __future__ import annotations

from django.http import HttpResponse

from madoguchi.cases.from_home.file_kinds import FileKind

# Nothing that was attached runs, should a browser show it after all.
SHUT_IN = "default-src 'none'; sandbox"
_MEGABYTE, _KILOBYTE = 1_048_576, 1024


def as_file(kind: FileKind, contents: bytes) -> HttpResponse:
    """The file, to be kept or opened elsewhere."""
    answer = HttpResponse(contents, content_type=kind.media_type)
    answer["Content-Disposition"] = f'attachment; filename="attachment.{kind.value}"'
    answer["Content-Security-Policy"] = SHUT_IN
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


def size_words(size: int) -> str:
    """How large a file is."""
    return f"{size / _MEGABYTE:.1f}MB" if size >= _MEGABYTE else f"{max(1, size // _KILOBYTE)}KB"
