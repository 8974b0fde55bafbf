"""Which pinned libraries have a fault that is known (脆弱性の照合): the lock files against a list that somebody brought, without a network.

    python -m tools.known_faults all.zip      # the PyPI export of OSV, or a folder or file of such records
    python -m tools.known_faults --if-there   # what MADOGUCHI_KNOWN_FAULTS names; says so when nothing does

A closed network reaches no service that knows of faults: the list comes in as updates do. Exit 1 when a pinned version is in it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.M)
SETTING = "MADOGUCHI_KNOWN_FAULTS"
Record = dict[str, Any]


def pinned() -> dict[str, Version]:
    """Every library of the lock files with its version."""
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in LOCKS)
    return {canonicalize_name(name): Version(version) for name, version in PIN.findall(text)}


def records(path: Path) -> Iterator[Record]:
    """The records of a file, a folder or a packed export, in the form of OSV. Raises ValueError for what is none."""
    if path.is_dir():
        for one in sorted(path.glob("*.json")):
            yield from records(one)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                if name.endswith(".json"):
                    yield json.loads(packed.read(name))
    else:
        found = json.loads(path.read_text(encoding="utf-8"))
        yield from found if isinstance(found, list) else [found]


def known(pins: dict[str, Version], found: Iterable[Record]) -> list[str]:
    """What the records say of the pinned versions: library, version, number of the fault, the version that mends it."""
    told = []
    for record in found:
        for affected in record.get("affected", ()) if not record.get("withdrawn") else ():
            package = affected.get("package", {})
            name = canonicalize_name(package.get("name", ""))
            if package.get("ecosystem") == "PyPI" and name in pins and _hit(pins[name], affected):
                told.append(f"{name} {pins[name]}: {record['id']}{_mended(affected)}")
    return sorted(set(told))


def _hit(version: Version, affected: Record) -> bool:
    if str(version) in affected.get("versions", ()):
        return True
    return any(
        _within(version, one["events"])
        for one in affected.get("ranges", ())
        if one.get("type") == "ECOSYSTEM"
    )


def _within(version: Version, events: list[dict[str, str]]) -> bool:
    """Whether the last event up to this version began a fault. What cannot be read counts as a fault."""
    inside = False
    try:
        for event in sorted(events, key=lambda one: _of(next(iter(one.values())))):
            ((kind, said),) = event.items()
            if kind == "introduced" and _of(said) <= version:
                inside = True
            elif (kind == "fixed" and _of(said) <= version) or (
                kind == "last_affected" and _of(said) < version
            ):
                inside = False
    except InvalidVersion:
        return True
    return inside


def _of(said: str) -> Version:
    return Version("0.dev0") if said == "0" else Version(said)


def _mended(affected: Record) -> str:
    fixed = [
        event["fixed"] for one in affected.get("ranges", ()) for event in one["events"] if "fixed" in event
    ]
    return f" (mended in {', '.join(fixed)})" if fixed else ""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("list", type=Path, nargs="?", default=os.environ.get(SETTING) or None)
    parser.add_argument("--if-there", action="store_true", help="say so and end well when there is no list")
    arguments = parser.parse_args(argv)
    path = Path(arguments.list) if arguments.list else None
    if path is None or not path.exists():
        print(f"nothing was compared: no list of known faults ({SETTING})")
        return 0 if arguments.if_there and path is None else 2
    pins = pinned()
    found = known(pins, records(path))
    print(f"{len(pins)} libraries compared with {path.name}: {len(found)} known faults")
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
