"""One form of one proof, in a process of its own: `python -m proofs.one P4 quick FOLDER`. Started by `proofs.run`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from proofs import kept
from proofs.every import every
from proofs.frame import NotHere


def main(argv: list[str]) -> int:
    key, form, own = argv[0], argv[1], Path(argv[2])
    (proof,) = (one for one in every() if one.key == key)
    began = time.monotonic()
    try:
        told = {"quick": proof.quick, "full": proof.full, "control": proof.control}[form](own)
    except NotHere as error:
        kept.write(own, kept.Outcome(not_here=str(error)))
    else:
        kept.write(own, kept.Outcome(told.n, told.losses, told.detail, time.monotonic() - began))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
