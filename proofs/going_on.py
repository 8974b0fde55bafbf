"""Many tries one after the other, each made again from its number; stopped and started again, it goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from proofs.frame import Result

FAULTS_KEPT = 20


def going_on(
    own: Path, name: str, count: int, one: Callable[[int], Iterable[str]], kept_every: int = 100
) -> Result:
    """Try the numbers from 0 on; `one` says what was wrong with a number, in sentences. The detail names the first faults."""
    state = own / f"{name}.json"
    done: dict[str, Any] = {"next": 0, "losses": 0, "faults": []}
    if state.exists():
        done = json.loads(state.read_text())
    while done["next"] < count:
        until = min(done["next"] + kept_every, count)
        for number in range(done["next"], until):
            wrong = list(one(number))
            done["losses"] += bool(wrong)
            done["faults"] = [*done["faults"], *(f"{number}: {fault}" for fault in wrong)][:FAULTS_KEPT]
        done["next"] = until
        state.write_text(json.dumps(done, ensure_ascii=False))
        print(f"{name}: {until:,}/{count:,}, {done['losses']} wrong", flush=True)
    for fault in done["faults"]:
        print(fault)
    first = f", first {done['faults'][0][:160]}" if done["faults"] else ""
    return Result(count, done["losses"], f"{name} {count:,}{first}")
