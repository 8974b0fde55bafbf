"""Proof of the screens: 10,000 broken posts to every address, each held to every promise.

    python -m benchmarks.proofs_forms --work FOLDER [--posts 10000] [--only 4711] [--postgresql]

It may be stopped and started again; it prints counts as it goes. `--only` makes one post again from its number.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections import Counter
from pathlib import Path

from tools.postgres import temporary_cluster

SHOWN_EVERY = 250


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, help="a folder for the database and the state")
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--only", type=int)
    parser.add_argument(
        "--postgresql", action="store_true", help="on a cluster of its own, which is gone afterwards"
    )
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    if not given.postgresql:
        return on_database(f"sqlite:///{(given.work / 'forms.sqlite3').resolve()}", given)
    with temporary_cluster() as url:
        return on_database(url, given)


def on_database(url: str, given: argparse.Namespace) -> int:
    """Prove it on this database. What was proved is kept in the work folder: every post is rolled back."""
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
    """Send every post inside a transaction of its own, which is rolled back; returns 1 when a promise is broken."""
    from django.test.utils import setup_test_environment
    from tests.cast import NOW
    from tests.channels.malformed_posts import broken_promises, build_city, post, rolled_back, stored, told

    from madoguchi.city.models import Municipality

    setup_test_environment()
    if not Municipality.objects.exists():
        build_city(NOW)
    state = given.work / ("forms-postgresql.json" if given.postgresql else "forms.json")
    done: dict[str, object] = {"next": 0, "figures": {}, "failures": []}
    if state.exists() and given.only is None:
        done = json.loads(state.read_text())
    figures = Counter(done["figures"])
    failures: list[str] = list(done["failures"])  # type: ignore[call-overload]  # as written below
    before = stored()
    numbers = [given.only] if given.only is not None else range(int(str(done["next"])), given.posts)
    for number in numbers:
        made = post(number)
        with rolled_back():
            status, wrong = broken_promises(made, before)
        figures[f"status {status}"] += 1
        failures += [f"{number}: {one} {told(made)}" for one in wrong]
        if number % SHOWN_EVERY == SHOWN_EVERY - 1 or number == given.posts - 1:
            state.write_text(
                json.dumps({"next": number + 1, "figures": figures, "failures": failures}, ensure_ascii=False)
            )
            print(f"{number + 1}/{given.posts} {dict(figures)} failures: {len(failures)}", flush=True)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
