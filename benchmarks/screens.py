"""How fast the counter's screens answer over a large register, on the database of the environment.

    python -m benchmarks.screens --work FOLDER [--residents 1000000] [--times 40]

The city of the demo is made with that many invented residents if the folder has none. Each screen is asked for through Django's own client:
every middleware, every audit write, no network. The bare limit beside it is the same page of a case with nobody in it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

LIMIT_MS = 100.0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=40)
    given = parser.parse_args()
    os.environ["MADOGUCHI_HOME"] = str(given.work)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    _city(given.residents)
    return measure(given.times)


def _city(residents: int) -> None:
    from django.utils import timezone

    from madoguchi.city.models import Municipality
    from madoguchi.config import demo_city

    if not Municipality.objects.exists():
        begin = time.perf_counter()
        demo_city.build(residents=residents, now=timezone.now(), progress=_progress)
        print(f"\n{residents:,} residents in {time.perf_counter() - begin:.0f} s")


def _progress(stored: int) -> None:
    print(f"\r{stored:,}", end="", file=sys.stderr, flush=True)


def measure(times: int) -> int:
    """Walk a case, timing every screen; prints one line each and returns 1 when one is over the limit."""
    from django.test import Client

    from madoguchi.city.models import StaffMember

    case = _a_case()
    client = Client()
    client.force_login(
        StaffMember.objects.get(username="clerk"), backend="django.contrib.auth.backends.ModelBackend"
    )
    pages = [
        "/cases/",
        *(f"/cases/{case}/{name}/" for name in ("household", "visitor", "hearing", "check", "sign")),
    ]
    pages += [f"/cases/{case}/{name}/" for name in ("history", "journey", "display", "find")]
    over = 0
    for page in pages:
        over += _say(page.replace(case, "CASE"), _times(lambda page=page: client.get(page), times))
    found = _times(lambda: client.post(f"/cases/{case}/find/", {"kana": "まどべ"}), times)
    over += _say("find by kana", found)
    return 1 if over else 0


def _times(ask: Callable[[], object], times: int) -> list[float]:
    ask()
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - begin) * 1000)
    return sorted(taken)


def _say(name: str, taken: list[float]) -> int:
    p95 = taken[int(len(taken) * 0.95) - 1]
    print(f"{name:<28} median {statistics.median(taken):6.1f} ms   p95 {p95:6.1f} ms", flush=True)
    return int(p95 > LIMIT_MS)


def _a_case() -> str:
    from madoguchi.cases.models import CaseRow

    return CaseRow.objects.order_by("pk").values_list("public_id", flat=True)[0]


if __name__ == "__main__":
    sys.exit(main())
