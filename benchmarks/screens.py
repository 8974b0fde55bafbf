"""How fast the counter's screens answer over a large register, on the database of the environment.

    python -m benchmarks.screens --work FOLDER [--residents 1000000] [--times 40]

The city of the demo is made with that many invented residents if the folder has none. Each screen is asked for through Django's own client:
every middleware, every audit write, no network. The bare limit beside it is the same page of a case with nobody in it.
"""

from __future__ import annotations

import sys

from benchmarks.large_city import Asker, opened, timed, with_residents, words

LIMIT_MS = 100.0


def main() -> int:
    given = words(__doc__, times=40, residents=1_000_000)
    opened(given.work)
    with_residents(given.residents)
    return measure(given.times)


def measure(times: int) -> int:
    """Walk a case, timing every screen; prints one line each and returns 1 when one is over the limit."""
    case = _a_case()
    clerk = Asker("clerk", "/cases/")
    steps = ("household", "visitor", "hearing", "check", "sign", "history", "journey", "display", "find")
    asked = {page: clerk.page(page) for page in ("/cases/", *(f"/cases/{case}/{name}/" for name in steps))}
    asked["find by kana"] = clerk.posting(f"/cases/{case}/find/", {"kana": "まどべ"})
    slowest = 0.0
    for name, ask in asked.items():
        took = timed(ask, times)
        slowest = max(slowest, took.p95)
        print(took.said(name.replace(case, "CASE")), flush=True)
    print(f"slowest p95 of a screen: {slowest:.0f} ms (wanted < {LIMIT_MS:.0f})")
    return int(slowest > LIMIT_MS)


def _a_case() -> str:
    from madoguchi.cases.models import CaseRow

    return CaseRow.objects.order_by("pk").values_list("public_id", flat=True)[0]


if __name__ == "__main__":
    sys.exit(main())
