"""`make proofs`: every promise shown at full size, and with its guard taken out; one line each.

    python -m proofs.run [--quick] [--only P4 …] [--work var/proofs]

It may be stopped and started again: a form that ended well is not run again while the programs are the same, and a long one goes
on from what it left in its folder. Exits 1 when a promise was broken or a control lost nothing. What this machine cannot show is
counted and said; with MADOGUCHI_REQUIRE_ALL=1 it is a failure.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from proofs import kept, results
from proofs.every import every, unproven
from proofs.frame import Proof
from proofs.kept import ROOT, Outcome


def shown(proof: Proof, form: str, work: Path) -> Outcome:
    """Run a form in a process of its own, or take what it ended with before."""
    own = kept.folder(work, proof.key, form)
    before = kept.read(own)
    if before is not None and good(form, before):
        return before
    (own / "outcome.json").unlink(missing_ok=True)
    words = [sys.executable, "-m", "proofs.one", proof.key, form, str(own)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    with (own / "log").open("ab") as log:
        subprocess.run(words, cwd=ROOT, env=environment, stdout=log, stderr=log, check=False)
    return kept.read(own) or Outcome(broken=_last_line(own / "log"))


def good(form: str, told: Outcome) -> bool:
    """A control has to lose something; the others nothing, in at least one try."""
    if told.broken or told.not_here:
        return False
    return told.losses > 0 if form == "control" else told.losses == 0 < told.n


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="the quick forms: at most ten minutes")
    parser.add_argument("--only", nargs="*", metavar="KEY", help="these alone")
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "proofs")
    given = parser.parse_args(argv)
    form = "quick" if given.quick else "full"
    wanted = [one for one in every() if not given.only or one.key in given.only]
    unknown = set(given.only or ()) - {one.key for one in every()}
    if unknown:
        parser.error(f"no such proof: {', '.join(sorted(unknown))}; there are {[one.key for one in every()]}")
    wrong = 0
    for proof in wanted:
        told, control = (shown(proof, one, given.work.resolve()) for one in (form, "control"))
        absent = told.not_here or control.not_here
        kept_promise = good(form, told) and good("control", control)
        wrong += not kept_promise and (not absent or os.environ.get("MADOGUCHI_REQUIRE_ALL") == "1")
        row = results.row(proof, form, told, control)
        print(row.line(), flush=True)
        results.write(row)
    if not given.only:
        for key, why in unproven().items():
            print(f"{key:<4} not proven: {why}")
    return 1 if wrong else 0


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "ended without a word"


if __name__ == "__main__":
    sys.exit(main())
