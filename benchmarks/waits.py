"""How well waits are foreseen on simulated days, against queue x mean minutes / desks.

    python -m benchmarks.waits [--seeds 20] [--days 60]

Each seed is another office: the first third of its days is learned from and not scored; then every evening is learned
from before the next day. Walk-ins and bookings, the first promise only. Wanted: mean error at least 25% below the
baseline, eight of ten within the band (77 to 83%).
"""

from __future__ import annotations

import argparse
import sys
from statistics import fmean, stdev

from madoguchi.booking.waits.bands import Band
from madoguchi.booking.waits.predictor import Learned, Served, Situation, foresee, learn, new_office
from madoguchi.booking.waits.scoring import Promise, Score, point, score
from madoguchi.booking.waits.simulator import Seen, days, declared_minutes

REMEMBERED_DAYS = 40


def situation(seen: Seen) -> Situation:
    """What the predictor is given of a visitor."""
    return Situation(seen.ahead, seen.at_desks, seen.desks, seen.plan)


def learned_from(past: list[list[Seen]]) -> Learned:
    """What an office knows in the morning, of its last days."""
    if not past:
        return new_office(declared_minutes())
    recent = past[-REMEMBERED_DAYS:]
    aged = [(len(recent) - 1 - place, one) for place, day in enumerate(recent) for one in day]
    served = (Served(one.service, one.took, ago) for ago, one in aged if one.took is not None)
    told = ((situation(one), one.waited, ago) for ago, one in aged if one.waited is not None)
    return learn(declared_minutes(), served, told)


def baseline(past: list[list[Seen]], seen: Seen) -> Band:
    """People ahead x mean minutes of everybody served / desks that are open."""
    took = [one.took for day in past[-REMEMBERED_DAYS:] for one in day if one.took is not None]
    return point(len(seen.ahead) * fmean(took) / max(1, seen.desks))


def run(seed: int, count: int) -> tuple[Score, Score, Score]:
    """Score one office: ours, the baseline, and ours on the days of a new office."""
    past: list[list[Seen]] = []
    ours: list[Promise] = []
    theirs: list[Promise] = []
    first: list[Promise] = []
    for number, day in enumerate(days(count, seed)):
        learned = learned_from(past)
        for seen in day:
            if seen.waited is None:
                continue
            promise = Promise(foresee(learned, situation(seen)), seen.waited)
            if number < count // 3:
                if number < 3:
                    first.append(promise)
                continue
            ours.append(promise)
            theirs.append(Promise(baseline(past, seen), seen.waited))
        past.append(day)
    scores = score(ours), score(theirs), score(first)
    assert scores[0] and scores[1] and scores[2], "every day has visitors"
    return scores[0], scores[1], scores[2]


def main() -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--days", type=int, default=60)
    arguments = parser.parse_args()
    gains, covered = [], []
    for seed in range(1000, 1000 + arguments.seeds):
        ours, theirs, first = run(seed, arguments.days)
        gains.append(1 - ours.mean_error / theirs.mean_error)
        covered.append(ours.covered)
        print(
            f"seed {seed}: ours {ours.mean_error:.2f} (median {ours.median_error:.2f}, P90 {ours.p90_error:.1f}, "
            f"too little {ours.too_little:.1%}), baseline {theirs.mean_error:.2f}, less by {gains[-1]:.1%}, "
            f"band {ours.covered:.1%}; first three days {first.mean_error:.2f}, band {first.covered:.1%}",
            flush=True,
        )
    print(
        f"{arguments.seeds} offices: mean error less by {fmean(gains):.1%} (from {min(gains):.1%} to {max(gains):.1%}), "
        f"band {fmean(covered):.1%} (spread {stdev(covered):.2%}, from {min(covered):.1%} to {max(covered):.1%})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
