"""A screen's middle as it stands now (表示の絵): the same HTML for the page that is asked for and for the stream that follows.

1. `look` reads a branch once: its queue, its fresh calls, its names.
2. `pictures` renders each watched screen once, however many look at it; two phones that show the same share a rendering.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from madoguchi.booking.crowding import Thresholds
from madoguchi.booking.offering import offer
from madoguchi.booking.tickets.following import FreshCall, fresh_calls
from madoguchi.booking.tickets.queries import branch_now
from madoguchi.booking.tickets.values import BranchNow
from madoguchi.channels.board import screens
from madoguchi.channels.board.screens import BoardNames
from madoguchi.channels.shared.languages import (
    JAPANESE,
    city_word,
    desk_marked,
    desk_word,
    speaking,
    tag_of,
)
from madoguchi.city.queries import branch_names, desks_in
from madoguchi.jp.announcement import phrases_of_call

# A call that is older is shown and not spoken any more.
FRESH_SECONDS = 20


class WatchKind(Enum):
    """What is watched."""

    WALL = "wall"
    BOOTH = "booth"
    CONGESTION = "congestion"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Watch:
    """One screen: of which branch, what, in which language. `key`: the desk or the ticket."""

    branch: str
    kind: WatchKind
    key: str = ""
    language: str = "ja"


@dataclass(frozen=True, slots=True)
class Announcement:
    """One call to be spoken: `serial` tells it from every other; `phrases` in their order; `words` for a browser's own voice."""

    serial: int
    at: datetime
    label: str
    desk: str
    phrases: tuple[str, ...]
    language: str
    words: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A screen's middle, what it was made of, and the calls that it would speak."""

    html: str
    calls: tuple[Announcement, ...]
    screen: object = None


@dataclass(frozen=True, slots=True)
class Look:
    """A branch at one moment, as all its screens need it."""

    now: BranchNow
    names: BoardNames
    calls: tuple[FreshCall, ...]


def thresholds() -> Thresholds:
    """From how many minutes on the city calls its lanes filling, and full."""
    return Thresholds(*settings.BUSY_MINUTES)


def names_of(branch: str) -> BoardNames:
    """What the boards of a branch call everything."""
    offered = offer()
    return BoardNames(
        branch=branch_names().get(branch, branch),
        lanes=tuple((one.key, one.name) for one in offered.lanes_at(branch)),
        desks=desks_in(branch),
        services={one.key: one.name for one in offered.services},
        lanes_said={one.key: one.names for one in offered.lanes_at(branch)},
        services_said={one.key: one.names for one in offered.services},
    )


def _as_spoken(names: BoardNames) -> BoardNames:
    """The names in the language that is spoken now; what only exists in Japanese is marked as Japanese."""
    return replace(
        names,
        lanes=tuple((key, city_word(name, names.lanes_said.get(key, ()))) for key, name in names.lanes),
        desks={key: desk_marked(name) for key, name in names.desks.items()},
        services={
            key: city_word(name, names.services_said.get(key, ())) for key, name in names.services.items()
        },
    )


def look(*, branch: str, now: datetime, names: BoardNames | None = None) -> Look:
    """Read a branch. The queue comes first: its sequence is the last number of the outbox that the look surely holds."""
    queue = branch_now(branch=branch, now=now)
    calls = fresh_calls(branch=branch, since=now - timedelta(seconds=FRESH_SECONDS))
    return Look(queue, names or names_of(branch), calls)


def pictures(found: Look, watches: Iterable[Watch]) -> dict[Watch, Picture]:
    """Each of these screens of one branch."""
    shared: dict[tuple[str, object], str] = {}
    spoken: dict[str, Look] = {}
    made = {}
    for one in watches:
        with speaking(one.language):
            if one.language not in spoken:
                spoken[one.language] = replace(found, names=_as_spoken(found.names))
            screen = _screen(spoken[one.language], one)
            html = shared.get((one.language, screen))
            if html is None:
                html = render_to_string(f"board/parts/{one.kind.value}.html", {"screen": screen})
                shared[one.language, screen] = html
            calls = tuple(_announced(call, found.names) for call in _heard(found, one))
            made[one] = Picture(html, calls, screen)
    return made


def picture(watch: Watch, *, now: datetime) -> tuple[Picture, int]:
    """One screen for a page that is asked for, and the sequence that it stands at."""
    found = look(branch=watch.branch, now=now)
    return pictures(found, [watch])[watch], found.now.sequence


def as_json(calls: Iterable[Announcement]) -> list[Mapping[str, object]]:
    """Calls as a browser takes them; the time in milliseconds, as its clock counts."""
    return [
        {
            "serial": one.serial,
            "at": int(one.at.timestamp() * 1000),
            "label": one.label,
            "desk": one.desk,
            "phrases": list(one.phrases),
            "language": one.language,
            "words": one.words,
        }
        for one in calls
    ]


def _screen(found: Look, watch: Watch) -> object:
    match watch.kind:
        case WatchKind.WALL:
            return screens.wall(found.now, found.names, thresholds())
        case WatchKind.BOOTH:
            return screens.booth(found.now, found.names, watch.key)
        case WatchKind.CONGESTION:
            return screens.lanes(found.now, found.names, thresholds())
        case WatchKind.TICKET:
            return screens.phone(found.now, found.names, watch.key)


def _heard(found: Look, watch: Watch) -> tuple[FreshCall, ...]:
    match watch.kind:
        case WatchKind.WALL:
            return found.calls
        case WatchKind.BOOTH:
            return tuple(one for one in found.calls if one.place == watch.key)
        case WatchKind.TICKET:
            return tuple(one for one in found.calls if one.ticket == watch.key)
        case WatchKind.CONGESTION:
            return ()


def _announced(call: FreshCall, names: BoardNames) -> Announcement:
    """What is spoken: the rendered Japanese phrases, and a sentence in the visitor's own language where the city offers it."""
    desk = names.desk(call.place)
    tag = tag_of(call.language)
    own, words = "" if tag == JAPANESE else tag.split("-")[0], ""
    if own:
        with speaking(call.language):
            said = {"label": call.label, "desk": desk_word(desk)}
            words = _("%(label)s の方、%(desk)sへお越しください。") % said
    phrases = phrases_of_call(label=call.label, desk=desk, again=call.again)
    return Announcement(call.serial, call.at, call.label, desk, phrases, own, words)
