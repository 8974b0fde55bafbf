"""A city of the size that is asked for, in a folder, ready to be measured; and how an answer is timed.

A benchmark takes its words (`words`), opens its city (`opened`, `with_residents`) and times what it asks (`timed`).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def words(about: str | None, *, times: int, residents: int | None = None) -> argparse.Namespace:
    """Return what was said on the command line: --work, --times and, where the city is made, --residents."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--times", type=int, default=times)
    if residents is not None:
        parser.add_argument("--residents", type=int, default=residents)
    return parser.parse_args()


def opened(work: Path) -> None:
    """Set the product up on this folder, its tables made."""
    os.environ["MADOGUCHI_HOME"] = str(work)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def with_residents(residents: int) -> None:
    """Make まどか市 of the demo with that many invented residents, unless the folder has a city."""
    from django.utils import timezone

    from madoguchi.city.models import Municipality
    from madoguchi.config import demo_city

    if Municipality.objects.exists():
        return
    began = time.perf_counter()
    demo_city.build(residents=residents, now=timezone.now(), progress=_progress)
    print(f"\n{residents:,} residents in {time.perf_counter() - began:.0f} s")


def laid_out(times: int) -> None:
    """Lay a freshly made city out so many times under other numbers: its register, facts and protection; no index of names."""
    from django.db import connection

    keyed = {"residents_residentrecord": ("resident_no", "household_no"), "residents_residentfact": ("resident_no",),
             "residents_protection": ("resident_no",)}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT substr(resident_no, 1, 3)) FROM residents_residentrecord")
        if cursor.fetchone()[0] > 1:
            return
        for table, numbers in keyed.items():
            columns = [
                one.name
                for one in connection.introspection.get_table_description(cursor, table)
                if one.name != "id"
            ]
            cursor.execute(f"SELECT max(id) FROM {table}")
            (top,) = cursor.fetchone()
            for turn in range(1, times):
                # Numbers of the invented begin with a sign and two zeros; a copy has its own two digits there.
                other = {
                    name: f"substr({name}, 1, 1) || '{turn:02d}' || substr({name}, 4)" for name in numbers
                }
                other["address_key"] = f"CASE address_key WHEN '' THEN '' ELSE address_key || '/{turn}' END"
                cursor.execute(
                    f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(other.get(one, one) for one in columns)}"
                    f" FROM {table} WHERE id <= {top}"
                )


def _progress(stored: int) -> None:
    print(f"\r{stored:,}", end="", file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Took:
    """How long the same answer took, again and again; milliseconds."""

    milliseconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle of all."""
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        """What nineteen of twenty stay below."""
        return statistics.quantiles(self.milliseconds, n=20)[18]

    def said(self, name: str) -> str:
        """Return one line about it."""
        return f"{name:<46} median {self.median:7.1f} ms   p95 {self.p95:7.1f} ms"


def timed(ask: Callable[[], object], times: int) -> Took:
    """Ask once unmeasured, as a serving process has been asked before, then that many times."""
    ask()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return Took(tuple(taken))


class Asker:
    """A member of staff who asks for pages, every middleware and audit write included, no network."""

    def __init__(self, username: str, first: str) -> None:
        from django.test import Client

        from madoguchi.city.models import StaffMember
        from madoguchi.config.memory import settle

        self.client = Client(headers={"host": "localhost"})
        member = StaffMember.objects.get(username=username)
        self.client.force_login(member, "django.contrib.auth.backends.ModelBackend")
        self.client.get(first)
        settle()  # as a serving process does

    def page(self, address: str) -> Callable[[], object]:
        """Return what asks for this address; an answer that is no page is a fault."""

        def ask() -> object:
            answer = self.client.get(address)
            assert answer.status_code == 200, f"{address}: {answer.status_code}"
            return b"".join(answer)

        return ask

    def posting(self, address: str, data: dict[str, str]) -> Callable[[], object]:
        """Return what posts this to this address."""

        def ask() -> object:
            answer = self.client.post(address, data)
            assert answer.status_code == 200, f"{address}: {answer.status_code}"
            return b"".join(answer)

        return ask
