"""The addresses of the streams: from what is watched, and back. A ticket is named by its secret, never by its number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from madoguchi.channels.board.pictures import Watch, WatchKind

_PATH = re.compile(r"/live/(wall|booth|congestion|ticket)/([\w.~-]{1,64})/(?:([\w.~-]{1,40})/)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, before it is known whether it is there: `name` is a branch, or a ticket's secret."""

    kind: WatchKind
    name: str
    desk: str


def path_of(watch: Watch, *, secret: str = "") -> str:
    """The address of a watched screen's stream."""
    name = secret if watch.kind is WatchKind.TICKET else watch.branch
    desk = f"{quote(watch.key, safe='')}/" if watch.kind is WatchKind.BOOTH else ""
    language = "" if watch.language == "ja" else f"?language={quote(watch.language)}"
    return f"/live/{watch.kind.value}/{quote(name, safe='')}/{desk}{language}"


def asked(path: str) -> Asked | None:
    """What a path asks for; None for any other."""
    found = _PATH.fullmatch(path)
    if found is None or (found[1] == "booth") != (found[3] is not None):
        return None
    return Asked(WatchKind(found[1]), found[2], found[3] or "")
