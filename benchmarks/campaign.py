"""A campaign for 児童手当 over a whole city, killed on the way (案内の通し): decide, offers made, pages ready.

    python -m benchmarks.campaign --work var/bench-campaign --residents 1000000 --kills 5

Every household is decided twice (counted, then offered). Workers are processes of their own (`--workers`, 2) that share the parts;
at random moments one is killed with SIGKILL and started again. `--invented 40000` invents so many and lays the city out of them,
over and over under other numbers (a city's register, facts and protection; not its index of names). At the end every household is decided anew, one by one and without the query, and it must hold:
each person who is to be offered it has one offer, nobody has two, and none is lost; whoever is on the city's list of those who receive
it is not offered it. Wanted: 1,000,000 residents in 5 minutes.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.large_city import laid_out, opened, with_residents

PROCEDURE = "child-allowance-claim"
WANTED_SECONDS = 300
# A part that a killed worker held is free again after this; the clock of the next worker is that much ahead.
AHEAD = 11


def work(campaign: str, ahead: int) -> None:
    """Do the open parts, as `madoguchi work` does; says each part that is done."""
    from django.utils import timezone

    from madoguchi.outreach import making

    def clock() -> datetime:
        return timezone.now() + timedelta(minutes=ahead)

    while making.go_through(campaign, clock=clock, most=1):
        print("part", flush=True)


def drafted() -> str:
    """A campaign of two members of staff, ready to count."""
    from django.utils import timezone

    from madoguchi.audit.entries import Actor
    from madoguchi.outreach import campaigns
    from madoguchi.procedures.decisions import Status

    now = timezone.now()
    return campaigns.draft(
        title="児童手当", procedures=[PROCEDURE], outcomes=[Status.OPTIONAL, Status.ASK], channels=[],
        on=timezone.localdate(now), legal_basis="", by=Actor(1, "作る人", "", ""), now=now,
    )  # fmt: skip


def started(arguments: argparse.Namespace, campaign: str, ahead: int) -> subprocess.Popen[str]:
    """One worker."""
    words = [
        sys.executable, "-m", "benchmarks.campaign", "--work", str(arguments.work), "--campaign", campaign, "--ahead",
        str(ahead),
    ]  # fmt: skip
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, text=True)


def worked(
    arguments: argparse.Namespace, campaign: str, *, kills: int, chance: random.Random, ahead: int
) -> tuple[float, float, int]:
    """Go through a phase with so many kills; the seconds it took, its processor time, and how far the clock is ahead."""
    began, spent = time.perf_counter(), processor_seconds()
    workers = [started(arguments, campaign, ahead) for _ in range(arguments.workers)]
    while kills and any(one.poll() is None for one in workers):
        time.sleep(chance.uniform(2.0, 12.0))
        place = chance.randrange(len(workers))
        if workers[place].poll() is not None:
            continue
        workers[place].send_signal(signal.SIGKILL)
        workers[place].wait()
        kills -= 1
        workers[place] = started(arguments, campaign, ahead)
    for one in workers:
        one.wait()
    # What the killed ones had held is done by workers whose clock says that it is free; nobody living holds anything then.
    late = [started(arguments, campaign, ahead + AHEAD) for _ in range(arguments.workers)]
    for one in late:
        one.wait()
    assert all(one.returncode == 0 for one in [*workers, *late])
    return time.perf_counter() - began, processor_seconds() - spent, ahead + AHEAD


def processor_seconds() -> float:
    """The processor time of every process that was waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def expected(campaign: str) -> set[str]:
    """About whom there has to be an offer: every household decided by itself, without the query, without those who receive it."""
    from itertools import islice

    from django.utils import timezone

    from madoguchi.catalogue.queries import current
    from madoguchi.city.queries import open_days, system_actor
    from madoguchi.outreach.deciding import decisions_of, facts_for
    from madoguchi.outreach.making import masked
    from madoguchi.outreach.models import CampaignRow, ReceivingRow
    from madoguchi.outreach.safe import may_be_offered
    from madoguchi.residents.by_household import HouseholdRange, households_between

    row, pack, now, calendar = (
        CampaignRow.objects.get(public_id=campaign),
        current(),
        timezone.now(),
        open_days(),
    )
    every = households_between(
        HouseholdRange("", ""), keys=facts_for(pack, (PROCEDURE,)), on=row.on, by=system_actor("検算"),
        campaign=campaign, now=now,
    )  # fmt: skip
    has_it = set(ReceivingRow.objects.filter(list__procedure=PROCEDURE).values_list("resident_no", flat=True))
    found: set[str] = set()
    while block := list(islice(every, 500)):
        safe = may_be_offered([number for home in block for number in home.numbers], on=row.on)
        for home in masked(block, pack, on=row.on):
            if safe.issuperset(home.numbers):
                some = decisions_of(home, pack, (PROCEDURE,), on=row.on, calendar=calendar)
                found.update(
                    one.about
                    for one in some
                    if one.resident_no
                    and one.decision.status.value in row.outcomes
                    and has_it.isdisjoint(home.numbers if one.about.startswith("h") else (one.about,))
                )
    return found


def main() -> int:
    """Make the city, run the campaign, check it; 0 when it held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--invented", type=int, default=0, help="invent so many, and lay the city out of them"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--campaign", default="", help="for the worker's process")
    parser.add_argument("--ahead", type=int, default=0, help="for the worker's process")
    arguments = parser.parse_args()
    if arguments.campaign:
        return _worker(arguments)
    opened(arguments.work)
    with_residents(arguments.invented or arguments.residents)
    if arguments.invented:
        laid_out(arguments.residents // arguments.invented)
    return _run(arguments)


def _worker(arguments: argparse.Namespace) -> int:
    os.environ.setdefault("MADOGUCHI_HOME", str(arguments.work))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings")
    import django

    django.setup()
    work(arguments.campaign, arguments.ahead)
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from madoguchi.audit.entries import Actor
    from madoguchi.outreach import campaigns
    from madoguchi.outreach.models import OfferRow

    chance, number = random.Random(arguments.seed), drafted()
    author, other = Actor(1, "作る人", "", ""), Actor(2, "承認する人", "", "")
    campaigns.count(campaign=number, by=author, now=timezone.now())
    counted, count_spent, ahead = worked(arguments, number, kills=0, chance=chance, ahead=0)
    campaigns.sampled(campaign=number, by=author, now=timezone.now())
    campaigns.approve(campaign=number, by=other, now=timezone.now())
    campaigns.send(campaign=number, by=other, now=timezone.now())
    offered, offer_spent, _ahead = worked(
        arguments, number, kills=arguments.kills, chance=chance, ahead=ahead
    )
    made = Counter(OfferRow.objects.filter(campaign__public_id=number).values_list("about", flat=True))
    wanted = expected(number)
    twice, lost = sum(1 for many in made.values() if many > 1), len(wanted - made.keys())
    odd = len(made.keys() - wanted)
    print(
        f"{arguments.residents:,} residents, {arguments.workers} workers: counted in {counted:.0f} s, offered in {offered:.0f} s"
        f" with {arguments.kills} kills, together {counted + offered:.0f} s (wanted {WANTED_SECONDS} s for 1,000,000);"
        f" processor time {count_spent:.0f} s and {offer_spent:.0f} s;"
        f" {len(made):,} offers, {twice} twice, {lost} lost, {odd} too many"
    )
    return 0 if made and not (twice or lost or odd) else 1


if __name__ == "__main__":
    sys.exit(main())
