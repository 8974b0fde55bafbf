"""Proof of paying and filing: 10,000 invented histories with everything going wrong, each held to every promise.

    python -m benchmarks.pay_histories --work FOLDER [--histories 10000] [--first 1000000] [--only 4711] [--postgresql]

What a history is stands in tests/rooms/payments/histories.py. It may be stopped and started again; it prints counts as it
goes. `--first`: the number of the first one, to share them among processes with a folder each. `--only` plays one history again from its number. `--postgresql`: on a cluster of its own, which is gone afterwards.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections import Counter
from pathlib import Path

from tools.postgres import temporary_cluster

SHOWN_EVERY = 250


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, help="a folder for the database and the state")
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=1_000_000)
    parser.add_argument("--only", type=int)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    if not given.postgresql:
        return on_database(f"sqlite:///{(given.work / 'pay-histories.sqlite3').resolve()}", given)
    with temporary_cluster() as url:
        return on_database(url, given)


def on_database(url: str, given: argparse.Namespace) -> int:
    """Play on this database. Every history is rolled back; what was proved is kept in the work folder."""
    os.environ["MADOGUCHI_HOME"] = str(given.work)
    os.environ["MADOGUCHI_DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "madoguchi.config.settings_test"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    logging.disable(logging.ERROR if given.only is None else logging.NOTSET)
    return prove(given)


def prove(given: argparse.Namespace) -> int:
    """Play one history after the other; 1 when a promise is broken, with the number of the history."""
    from tests.rooms.payments.test_histories import played

    if given.only is not None:
        print(dict(played(given.only, 1)))
        return 0
    kind = "postgresql" if given.postgresql else "sqlite"
    state = given.work / f"pay-histories-{kind}.json"
    kept = json.loads(state.read_text()) if state.exists() else {"done": 0, "seconds": 0.0, "seen": {}}
    seen: Counter[str] = Counter(kept["seen"])
    while kept["done"] < given.histories:
        began = time.monotonic()
        count = min(SHOWN_EVERY, given.histories - kept["done"])
        try:
            seen += played(given.first + kept["done"], count)
        except AssertionError as error:
            print(f"BROKEN: {error}")
            return 1
        kept = {
            "done": kept["done"] + count, "seconds": kept["seconds"] + time.monotonic() - began, "seen": seen,
        }  # fmt: skip
        state.write_text(json.dumps(kept))
        print(f"{kept['done']} histories, {kept['seconds']:.0f} s", flush=True)
    print({what: seen[what] for what in sorted(seen)})
    print(f"{kind}: {kept['done']} histories: never charged twice, never lost, books equal to the yen")
    return 0


if __name__ == "__main__":
    sys.exit(main())
