"""`decide` and `entitled` agree: random households of every event, full of unknown facts and edge birthdays, decided both ways.

    python -m benchmarks.proofs_agreement [--households 102000] [--seed 1000] [--work var/proofs]

Each batch is of one event with a seed of its own; a batch that was done is not done again. Prints what differs.
"""

import argparse
import json
import sys
import tempfile
from itertools import product
from pathlib import Path

from tests.unit.procedures.test_entitled import at_once, one_by_one

from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.situation import EventKind

BATCH = 500


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--households", type=int, default=102_000)
    parser.add_argument(
        "--seed", type=int, default=1000, help="of the first round; another one, other households"
    )
    parser.add_argument("--work", type=Path, default=Path("var/proofs"))
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    state = arguments.work / f"agreement-{national_pack().revision[:12]}.json"
    done = json.loads(state.read_text()) if state.exists() else {}
    events = [event for event in EventKind if national_pack().procedures_of(event)]
    rounds = -(-arguments.households // (BATCH * len(events)))
    for seed, event in product(range(arguments.seed, arguments.seed + rounds), events):
        key = f"{event.value}/{seed}"
        if key not in done:
            done[key] = _batch(event, seed)
            state.write_text(json.dumps(done))
        print(f"\r{len(done)}/{rounds * len(events)} {key:<24}", end="", flush=True)
    differing = {key: one for key, one in done.items() if one["differ"]}
    households, decisions = BATCH * len(done), sum(one["rows"] for one in done.values())
    print(
        f"\n{households:,} households, {decisions:,} decisions that need something, {len(differing)} batches differ"
    )
    for key, one in differing.items():
        print(key, one["differ"][:3])
    return 1 if differing else 0


def _batch(event: EventKind, seed: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        alone, together = one_by_one(event, BATCH, seed), at_once(event, BATCH, seed, Path(folder))
    differ = [
        f"{key}: {alone.get(key)} / {together.get(key)}"
        for key in sorted(alone.keys() | together.keys())
        if alone.get(key) != together.get(key)
    ]
    return {"rows": len(alone), "differ": differ}


if __name__ == "__main__":
    sys.exit(main())
