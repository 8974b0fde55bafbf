"""Visits as an event log in XES (IEEE 1849-2016), for any program that mines processes.

A trace is a visit, an event one recorded step, in the order in which they happened. Staff stand in it by number, never by
name; no resident does. Written with the standard library; what a text may not hold in XML is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

from madoguchi.audit.entries import Entry
from madoguchi.audit.events import said
from madoguchi.insight.visits import Visit

JAPAN = ZoneInfo("Asia/Tokyo")
NAMESPACE = "http://www.xes-standard.org/"
EXTENSIONS = (
    ("Concept", "concept", "concept.xesext"),
    ("Lifecycle", "lifecycle", "lifecycle.xesext"),
    ("Organizational", "org", "org.xesext"),
    ("Time", "time", "time.xesext"),
)
TEXTS = ("procedure", "explanation", "prompt")
COUNTS = ("fields_asked", "asked_again", "characters_typed_by_resident", "signatures", "resident_moves")
# XML 1.0 knows no other characters.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xes_of(visits: Iterable[Visit]) -> Iterator[str]:
    """The log, piece by piece."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<log xes.version="1849.2016" xes.features="" xmlns={quoteattr(NAMESPACE)}>\n'
    for name, prefix, file in EXTENSIONS:
        yield f'  <extension name="{name}" prefix="{prefix}" uri="{NAMESPACE}{file}"/>\n'
    yield '  <global scope="trace">\n    <string key="concept:name" value=""/>\n  </global>\n'
    yield '  <global scope="event">\n    <string key="concept:name" value=""/>\n'
    yield '    <date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>\n'
    yield '    <string key="lifecycle:transition" value="complete"/>\n  </global>\n'
    yield '  <classifier name="Activity" keys="concept:name"/>\n'
    yield '  <classifier name="ActivityAndLifecycle" keys="concept:name lifecycle:transition"/>\n'
    yield '  <string key="concept:name" value="madoguchi"/>\n'
    yield '  <string key="lifecycle:model" value="standard"/>\n'
    for visit in visits:
        yield from _trace(visit)
    yield "</log>\n"


def _trace(visit: Visit) -> Iterator[str]:
    yield "  <trace>\n"
    yield _text("concept:name", visit.key, 4)
    for key, value in (("event", visit.event), ("lane", visit.lane), ("branch", visit.branch)):
        if value:
            yield _text(key, value, 4)
    yield _number("waits", visit.counts.waits, 4)
    for step in visit.steps:
        yield "    <event>\n"
        yield from _event(step)
        yield "    </event>\n"
    yield "  </trace>\n"


def _event(step: Entry) -> Iterator[str]:
    yield _text("concept:name", step.activity, 6)
    yield f'      <date key="time:timestamp" value="{stamp(step.at)}"/>\n'
    yield _text("lifecycle:transition", step.lifecycle, 6)
    yield _text("org:resource", resource_of(step), 6)
    if step.branch:
        yield _text("org:group", step.branch, 6)
    yield _text("label", said(step.activity), 6)
    yield _text("case", step.case, 6)
    for key, value in (("desk", step.desk), ("channel", step.channel)):
        if value:
            yield _text(key, value, 6)
    for key in TEXTS:
        if step.body.get(key):
            yield _text(key, str(step.body[key]), 6)
    for key in COUNTS:
        if step.body.get(key):
            yield _number(key, int(str(step.body[key])), 6)


def stamp(at: datetime) -> str:
    """A time as the standard writes it, in Japan."""
    return at.astimezone(JAPAN).isoformat(timespec="milliseconds")


def resource_of(step: Entry) -> str:
    """Who did a step: staff by number, or the system."""
    return "system" if step.staff_id is None else f"staff-{step.staff_id}"


def _text(key: str, value: str, indent: int) -> str:
    return f'{" " * indent}<string key="{key}" value={quoteattr(NOT_XML.sub("", value))}/>\n'


def _number(key: str, value: int, indent: int) -> str:
    return f'{" " * indent}<int key="{key}" value="{value}"/>\n'
