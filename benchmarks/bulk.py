"""The whole register decided at once, beside SQL that was written by hand: time, memory, and the cost of a million residents.

    python -m benchmarks.bulk [--sizes 5,10,25] [--events 1] [--work var/bench-bulk]

For each size in millions an invented register is made (and kept), every procedure of no event is decided, and at ten
million the same twenty rules run in the hand-written `benchmarks/bulk_by_hand.sql`, whose rows have to be the same ones. Each run
is a process of its own; its processor time counts as well as the clock, for a machine on which other work is running.
125 million are projected from the largest size that was measured. With `--events`, every procedure of every event too, over so many
millions of which a tenth of the households have an event, and over the same register without any.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.bulk_register import ON, happened, make

BY_HAND = Path(__file__).with_name("bulk_by_hand.sql")
TWENTY = (
    "child-allowance-claim", "child-medical", "nursery", "nursery-fee-free", "school-aid", "after-school-club",
    "pregnancy-grant", "late-elderly-at-75", "care-insurance-enrol", "pension-student", "pension-childcare",
    "pension-voluntary", "pension-3-to-1", "card-apply", "alias-registration", "former-surname", "seal-registration",
    "single-parent-medical", "protection-request", "refusal-request",
)  # fmt: skip
NATION = 125


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds by the clock and of the processors, and the most memory in MB."""

    clock: float
    processors: float
    memory: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="5,10,25", help="millions of residents")
    parser.add_argument(
        "--twenty", type=float, default=10, help="the size at which the twenty rules are compared"
    )
    parser.add_argument(
        "--events", type=float, default=0, help="millions of residents, a tenth with an event"
    )
    parser.add_argument("--work", type=Path, default=Path("var/bench-bulk"))
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        _child(arguments.child[0], Path(arguments.child[1]))
        return
    costs: dict[float, Run] = {}
    for size in (float(one) for one in arguments.sizes.split(",") if one):
        folder = _register(arguments.work, size)
        costs[size] = _told(f"every procedure of no event, {size:g} million", _run("all", folder))
        if size == arguments.twenty:
            _compare(folder)
    _tell_costs(costs)
    if arguments.events:
        _tell_events(arguments.work, arguments.events)


def _tell_events(work: Path, size: float) -> None:
    plain = _register(work, size)
    folder = plain.with_name(plain.name + "-events")
    many = happened(plain, folder, 0.1, 1)
    without = _told(f"every procedure, {size:g} million, no event", _run("each", plain))
    run = _told(f"every procedure, {size:g} million, {many:,} events", _run("each", folder))
    print(f"with events / without: {run.processors / without.processors:.1f} of processor time")


def _register(work: Path, size: float) -> Path:
    folder = work / f"register-{size:g}m"
    if not (folder / "made").exists():
        folder.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        people = make(folder, int(size * 1_000_000), 1)
        (folder / "made").touch()
        print(f"{people:,} invented residents in {time.perf_counter() - began:.0f} s", flush=True)
    return folder


def _compare(folder: Path) -> None:
    ours = _told("the twenty rules, compiled", _run("ours", folder))
    hand = _told("the twenty rules, by hand", _run("hand", folder))
    print(
        f"compiled / by hand: {ours.clock / hand.clock:.2f} by the clock, "
        f"{ours.processors / hand.processors:.2f} of processor time (wanted at most 1.2)",
        flush=True,
    )
    sums = [
        duckdb.sql(
            "SELECT count(*), sum(hash(procedure, subject, household_id, status, deadline, amount_yen)::HUGEINT)"
            f" FROM read_parquet('{folder / name}.parquet')"
        ).fetchall()[0]
        for name in ("ours", "hand")
    ]
    print(f"rows {sums[0][0]:,}; the same rows: {sums[0] == sums[1]}", flush=True)


def _run(which: str, folder: Path) -> Run:
    words = [sys.executable, "-m", "benchmarks.bulk", "--child", which, str(folder)]
    told = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    return Run(**told)


def _told(what: str, run: Run) -> Run:
    print(
        f"{what}: {run.clock:.1f} s, processors {run.processors:.1f} s, memory {run.memory:,.0f} MB",
        flush=True,
    )
    return run


def _child(which: str, folder: Path) -> None:
    """Do one run in this process and print what it took, from its very beginning."""
    began = time.perf_counter()
    out = folder / f"{which}.parquet"
    if which == "hand":
        with duckdb.connect() as connection:
            text = BY_HAND.read_text(encoding="utf-8")
            connection.execute(text.replace("{register}", str(folder)).replace("{out}", str(out)))
    else:
        from madoguchi.jp.open_days import OpenDays
        from madoguchi.procedures.bulk.register import entitled
        from madoguchi.procedures.loader import national_pack

        pack = national_pack()
        chosen = [pack.procedure(one) for one in TWENTY] if which == "ours" else []
        chosen = list(pack.procedures) if which == "each" else chosen
        entitled(pack, chosen, register=folder, on=ON, open_days=OpenDays(), out=out)
    used = resource.getrusage(resource.RUSAGE_SELF)
    run = {
        "clock": time.perf_counter() - began,
        "processors": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / 1024,
    }
    print(json.dumps(run))


def _tell_costs(costs: dict[float, Run]) -> None:
    sizes = sorted(costs)
    if not sizes:
        return
    each = {size: costs[size].processors / size for size in sizes}
    print("processor seconds of a million: " + ", ".join(f"{size:g} M {each[size]:.2f}" for size in sizes))
    if len(sizes) < 2:
        return
    low, high = sizes[0], sizes[-1]
    rise = (costs[high].processors - costs[low].processors) / (high - low)
    print(f"fixed: {costs[low].processors - rise * low:.1f} processor seconds whatever the size")
    spread = max(each.values()) / min(each.values()) - 1
    print(f"spread of the cost of a million: {spread:.0%} (wanted at most 20 %)")
    by_clock = costs[high].clock / high * NATION
    print(
        f"projected for {NATION} million from {high:g}: {by_clock / 60:.1f} min by the clock of this machine"
    )


if __name__ == "__main__":
    main()
