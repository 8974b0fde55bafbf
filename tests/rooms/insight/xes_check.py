"""What IEEE 1849-2016 asks of an XES log in XML, retyped by us from the published schema and the text of the standard.

The schema's own file is not shipped: its licence does not say that it may be. Every rule below is a sentence of ours.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import UUID
from xml.etree import ElementTree

NAMESPACE = "{http://www.xes-standard.org/}"
# xs:NCName and xs:Name, as far as letters beyond ASCII are concerned a little wider than the schema.
NC_NAME = re.compile(r"[^\W\d][\w.\-]*")
NAME = re.compile(r"[^\W\d][\w.\-]*(:[^\W\d][\w.\-]*)?")
DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
TOKEN = re.compile(r"(\S+( \S+)*)?")
DATE_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
ORDER = ("extension", "global", "classifier", "attribute", "trace", "event")
TRANSITIONS = frozenset(
    [
        "assign",
        "ate_abort",
        "autoskip",
        "complete",
        "manualskip",
        "pi_abort",
        "reassign",
        "resume",
        "schedule",
        "start",
        "suspend",
        "unknown",
        "withdraw",
    ]
)
# Of the standard's own extensions, as far as we use them: where the key may stand, and its type.
STANDARD_KEYS: Mapping[str, tuple[frozenset[str], str]] = {
    "concept:name": (frozenset({"log", "trace", "event"}), "string"),
    "concept:instance": (frozenset({"event"}), "string"),
    "lifecycle:model": (frozenset({"log"}), "string"),
    "lifecycle:transition": (frozenset({"event"}), "string"),
    "org:resource": (frozenset({"event"}), "string"),
    "org:role": (frozenset({"event"}), "string"),
    "org:group": (frozenset({"event"}), "string"),
    "time:timestamp": (frozenset({"event"}), "date"),
}
STANDARD_EXTENSIONS = {
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
}


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _is_long(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+", text)) and -(2**63) <= int(text) < 2**63


VALUES: Mapping[str, Callable[[str], bool]] = {
    "string": lambda _text: True,
    "date": lambda text: bool(DATE_TIME.fullmatch(text)),
    "int": _is_long,
    "float": lambda text: bool(re.fullmatch(r"INF|-INF|NaN|[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text)),
    "boolean": lambda text: text in ("true", "false", "1", "0"),
    "id": _is_uuid,
}
ATTRIBUTES = frozenset(VALUES) | {"list"}


def xes_faults(text: str) -> list[str]:
    """Everything that is not as the standard asks; nothing: the log keeps it."""
    root = ElementTree.fromstring(text)
    if root.tag != f"{NAMESPACE}log":
        return ["the root is not a log of XES"]
    return [*_log(root), *_globals_kept(root)]


def _log(root: ElementTree.Element) -> Iterator[str]:
    yield from _only(root, {"xes.version", "xes.features"})
    if not DECIMAL.fullmatch(root.get("xes.version", "")):
        yield f"xes.version {root.get('xes.version')!r} is not a decimal"
    if not TOKEN.fullmatch(root.get("xes.features", "")):
        yield "xes.features is not a token"
    yield from _ordered(root, ORDER)
    extensions = root.findall(f"{NAMESPACE}extension")
    for one in extensions:
        yield from _extension(one)
    prefixes = {one.get("prefix", "") for one in extensions}
    for kind in ("prefix", "uri"):
        yield from (
            f"two extensions of {kind} {value}" for value in _twice(one.get(kind) for one in extensions)
        )
    for one in root.findall(f"{NAMESPACE}global"):
        yield from _global(one, prefixes)
    for one in root.findall(f"{NAMESPACE}classifier"):
        yield from _classifier(one, root)
    yield from _component(root, "log", prefixes)
    for trace in root.findall(f"{NAMESPACE}trace"):
        yield from _only(trace, set())
        yield from _ordered(trace, ("attribute", "event"))
        yield from _component(trace, "trace", prefixes)
    for event in root.iter(f"{NAMESPACE}event"):
        yield from _only(event, set())
        yield from _ordered(event, ("attribute",))
        yield from _component(event, "event", prefixes)


def _only(one: ElementTree.Element, names: set[str]) -> Iterator[str]:
    yield from (f"{_kind(one)} has an attribute {name}" for name in set(one.keys()) - names)
    if (one.text or "").strip() or any((child.tail or "").strip() for child in one):
        yield f"{_kind(one)} holds text"


def _ordered(one: ElementTree.Element, order: Sequence[str]) -> Iterator[str]:
    kinds = ["attribute" if _kind(child) in ATTRIBUTES else _kind(child) for child in one]
    for kind in sorted(set(kinds) - set(order)):
        yield f"{_kind(one)} may not hold {kind}"
    places = [order.index(kind) for kind in kinds if kind in order]
    if places != sorted(places):
        yield f"what {_kind(one)} holds is not in the order of the schema"


def _extension(one: ElementTree.Element) -> Iterator[str]:
    yield from _only(one, {"name", "prefix", "uri"})
    said = tuple(one.get(name, "") for name in ("name", "prefix", "uri"))
    if not (NC_NAME.fullmatch(said[0]) and NC_NAME.fullmatch(said[1]) and said[2]):
        yield f"extension {said}"
    if said[2].startswith("http://www.xes-standard.org/") and said not in STANDARD_EXTENSIONS:
        yield f"{said} is no extension of the standard"


def _global(one: ElementTree.Element, prefixes: set[str]) -> Iterator[str]:
    yield from _only(one, {"scope"})
    yield from _ordered(one, ("attribute",))
    scope = one.get("scope", "event")
    if scope not in ("trace", "event"):
        yield f"global of scope {scope}"
    yield from _component(one, scope, prefixes)


def _classifier(one: ElementTree.Element, root: ElementTree.Element) -> Iterator[str]:
    yield from _only(one, {"name", "scope", "keys"})
    name, keys, scope = one.get("name", ""), one.get("keys", ""), one.get("scope", "event")
    if not NC_NAME.fullmatch(name):
        yield f"classifier name {name!r} is not an NCName"
    if not keys or not TOKEN.fullmatch(keys):
        yield f"classifier keys {keys!r} are not a token"
    for key in keys.split():
        if key not in _declared(root, scope):
            yield f"classifier {name} uses {key}, which is not global"


def _component(one: ElementTree.Element, level: str, prefixes: set[str]) -> Iterator[str]:
    attributes = [child for child in one if _kind(child) in ATTRIBUTES]
    yield from (f"{level}: two of {key}" for key in _twice(child.get("key") for child in attributes))
    for child in attributes:
        yield from _attribute(child, level, prefixes)


def _attribute(one: ElementTree.Element, level: str, prefixes: set[str]) -> Iterator[str]:
    kind, key = _kind(one), one.get("key", "")
    yield from _only(one, {"key"} if kind == "list" else {"key", "value"})
    if not NAME.fullmatch(key):
        yield f"key {key!r} is not a Name"
    if kind == "list":
        if [_kind(child) for child in one if _kind(child) not in ATTRIBUTES] != ["values"]:
            yield f"list {key} without its values"
    elif one.get("value") is None or not VALUES[kind](one.get("value", "")):
        yield f"{kind} {key} is {one.get('value')!r}"
    prefix, colon, _name = key.partition(":")
    if colon and prefix not in prefixes:
        yield f"{key} belongs to an extension that is not declared"
    if key in STANDARD_KEYS:
        levels, expected = STANDARD_KEYS[key]
        if level not in levels or kind != expected:
            yield f"{kind} {key} at {level}"
    if key == "lifecycle:transition" and one.get("value") not in TRANSITIONS:
        yield f"{one.get('value')} is no transition of the standard model"
    yield from _component(one, "attribute", prefixes)


def _globals_kept(root: ElementTree.Element) -> Iterator[str]:
    """Every trace and every event has what is declared of all of them, in the declared type."""
    for scope in ("trace", "event"):
        declared = _declared(root, scope)
        for one in root.iter(f"{NAMESPACE}{scope}"):
            there = {child.get("key"): _kind(child) for child in one}
            for key, kind in declared.items():
                if there.get(key) != kind:
                    yield f"a {scope} without its global {kind} {key}"


def _declared(root: ElementTree.Element, scope: str) -> dict[str, str]:
    return {
        child.get("key", ""): _kind(child)
        for one in root.findall(f"{NAMESPACE}global")
        if one.get("scope", "event") == scope
        for child in one
    }


def _kind(one: ElementTree.Element) -> str:
    return one.tag.removeprefix(NAMESPACE)


def _twice(values: Iterator[str | None]) -> list[str]:
    return [str(value) for value, count in Counter(values).items() if count > 1]
