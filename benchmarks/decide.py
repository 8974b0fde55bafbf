"""How long deciding and choosing the next question take, for a household of five.

    python benchmarks/decide.py [--pack FOLDER] [--runs 300]

Prints p50 and p99 in milliseconds for three states of knowledge: everything the core system knows, only
birthdays and 続柄, and nothing at all; each

- "empty": by a process that remembers nothing at all,
- "new": a household that this process has not met (other people, other birthdays), after it has met others,
- "again": the same household once more.

Last, whole hearings: a household known as its moving-out certificate tells it, asked prompt by prompt until nothing
is open; each decision and each next question on the way is timed.

Without --pack it takes the pack that ships with the product.
"""

import argparse
import gc
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from madoguchi.config.memory import settle
from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decide import decide, next_prompt, next_question
from madoguchi.procedures.facts import FactDefinition, FactType, Holder, Value
from madoguchi.procedures.loader import load_pack, national_pack
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.remembered import forget_decisions
from madoguchi.procedures.situation import EventKind, PersonFacts, Situation

ON = date(2026, 11, 9)
EVENT = {"move_date": date(2026, 11, 5), "planned_move_out_date": date(2026, 10, 25)}
FAMILY = (
    ("p1", date(1984, 5, 2), "世帯主"),
    ("p2", date(1986, 1, 30), "妻"),
    ("p3", date(2018, 4, 1), "子"),
    ("p4", date(2023, 12, 24), "子"),
    ("p5", date(1951, 11, 6), "母"),
)


def household(pack: Pack, knowledge: str, number: int = 0) -> Situation:
    """Return a household of five knowing "everything", "birthdays" or "nothing"; each `number` is another one.

    Its people are p1 to p5, as in every case: of "nothing" all households are alike but for their number.
    """
    known = {(one.holder, one.key) for one in pack.vocabulary}
    chance = Random(number)
    people = []
    for place, (member, born, relationship) in enumerate(FAMILY):
        birth = born + timedelta(days=chance.randint(-1500, 700)) if number else born
        values: dict[str, Value] = {}
        if knowledge != "nothing":
            values = {"birth_date": birth, "relationship": relationship}
        if knowledge == "everything":
            for definition in pack.vocabulary:
                if definition.holder is Holder.PERSON and definition.key not in values:
                    values |= ordinary(definition, place)
        people.append(PersonFacts(member, {k: v for k, v in values.items() if (Holder.PERSON, k) in known}))
    event = {key: day for key, day in EVENT.items() if (Holder.EVENT, key) in known}
    return Situation(EventKind.move_in, event, {}, tuple(people), None, people[0].id, ON)


CERTIFICATE = (
    "birth_date",
    "relationship",
    "sex",
    "nationality_class",
    "health_insurance",
    "pension",
    "moves",
)


def hearing(pack: Pack, number: int, days: OpenDays) -> tuple[list[float], list[float]]:
    """Hear one household to the end; milliseconds of each decision and of each next question."""
    whole = household(pack, "everything", number)
    told = tuple(
        PersonFacts(one.id, {key: value for key, value in one.values.items() if key in CERTIFICATE})
        for one in whole.people
    )
    situation = replace(whole, people=told)
    by_key = {(one.holder, one.key): one for one in pack.vocabulary}
    deciding, asking = [], []
    while True:
        start = perf_counter()
        decisions = decide(pack, situation, on=ON, open_days=days)
        decided = perf_counter()
        prompt = next_prompt(pack, situation, decisions, on=ON, open_days=days)
        asking.append((perf_counter() - decided) * 1000)
        deciding.append((decided - start) * 1000)
        if prompt is None:
            return deciding, asking
        for ref, definition in zip(prompt.refs, prompt.definitions, strict=True):
            place = next((i for i, one in enumerate(whole.people) if one.id == ref.subject), 0)
            value = ordinary(by_key[definition.holder, ref.key], place).get(ref.key, "x")
            situation = situation.with_fact(ref, value)


def ordinary(definition: FactDefinition, place: int) -> dict[str, Value]:
    """Return some value for a fact, different from person to person."""
    match definition.type:
        case FactType.BOOLEAN:
            return {definition.key: definition.key == "moves" or place % 2 == 0}
        case FactType.NUMBER:
            return {definition.key: place}
        case FactType.CHOICE:
            return {definition.key: definition.choices[place % len(definition.choices)].code}
        case FactType.CHOICES:
            return {definition.key: frozenset()}
        case FactType.DATE:
            return {definition.key: ON - timedelta(days=place)}
        case _:
            return {}


def timed(
    work: Callable[[], object], runs: int, before: Callable[[], object] | None = None, *, warm_up: int = 5
) -> tuple[float, float]:
    """Return p50 and p99 in milliseconds, after a warm-up; `before` runs untimed before each run."""
    for _ in range(warm_up):
        work()
    gc.collect()
    took = []
    for _ in range(runs):
        if before is not None:
            before()
        start = perf_counter()
        work()
        took.append((perf_counter() - start) * 1000)
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.99)]


def main() -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pack", type=Path)
    parser.add_argument("--runs", type=int, default=300)
    arguments = parser.parse_args()
    start = perf_counter()
    pack = load_pack(arguments.pack) if arguments.pack else national_pack()
    print(f"loaded {len(pack.procedures)} procedures in {(perf_counter() - start) * 1000:.0f} ms")
    days = OpenDays()
    settle()
    for knowledge in ("everything", "birthdays", "nothing"):
        situation = household(pack, knowledge)
        decisions = decide(pack, situation, on=ON, open_days=days)
        open_count = sum(bool(decision.missing) for decision in decisions)
        c50, c99 = timed(
            lambda one=situation: decide(pack, one, on=ON, open_days=days), arguments.runs, forget_decisions
        )
        others = [household(pack, knowledge, number) for number in range(1, arguments.runs + 26)]
        following = count()
        n50, n99 = timed(
            lambda those=others, at=following: decide(pack, those[next(at)], on=ON, open_days=days),
            arguments.runs,
            warm_up=25,
        )
        p50, p99 = timed(lambda one=situation: decide(pack, one, on=ON, open_days=days), arguments.runs)
        q50, q99 = timed(
            lambda one=situation, two=decisions: next_question(pack, one, two, on=ON, open_days=days),
            arguments.runs,
        )
        print(
            f"{knowledge:10} {len(decisions)} decisions, {open_count} open: "
            f"decide empty p50 {c50:.2f} p99 {c99:.2f}, new p50 {n50:.2f} p99 {n99:.2f}, "
            f"again p50 {p50:.2f} p99 {p99:.2f} ms; "
            f"next_question p50 {q50:.2f} p99 {q99:.2f} ms"
        )
    heard = [hearing(pack, number, days) for number in range(1001, 1001 + arguments.runs)]
    deciding = sorted(one for each, _ in heard for one in each)
    asking = sorted(one for _, each in heard for one in each)
    print(
        f"hearing    {len(heard)} households from their certificate, {len(deciding) / len(heard):.1f} decisions each: "
        f"decide p50 {at(deciding, 0.5):.2f} p99 {at(deciding, 0.99):.2f} ms; "
        f"next_prompt p50 {at(asking, 0.5):.2f} p99 {at(asking, 0.99):.2f} ms"
    )
    return 0


def at(times: list[float], share: float) -> float:
    """The time that this share of the sorted times stays below."""
    return times[int(len(times) * share)]


if __name__ == "__main__":
    sys.exit(main())
