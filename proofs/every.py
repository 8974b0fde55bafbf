"""Every proof there is, and every promise there has to be one of.

The promises are numbered as they were made (P1–P28). A module `pNN_….py` has the proof of one of them, a module `also_….py` of
something else that is shown at full size.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache

import proofs
from proofs.frame import Proof

MODULE = re.compile(r"p\d\d_|also_")
PROMISES = {
    "P1": "An answer shown as saved survives the kill of a process",
    "P2": "… and a power cut",
    "P3": "A full, read-only or failing disk never shows “saved”",
    "P4": "One slot one person, one payment one receipt, one number one document",
    "P5": "Nobody receives another person's paper under load",
    "P6": "A branch works a whole day with the line cut",
    "P7": "The order of syncing and a flapping line do not matter",
    "P8": "Conflicts are shown, never overwritten in silence",
    "P9": "A loss of the line is visible within 5 s; paper forms print without the server",
    "P10": "No read of a person without an entry",
    "P11": "Tampering with the audit is found with the printed daily head",
    "P12": "The audit's proof is never older than stated, and the counter does not wait for it",
    "P13": "Residents see who looked at them, and nobody else's",
    "P14": "The matrix of authority is exhaustive",
    "P15": "Protection (支援措置) covers every exit",
    "P16": "Withdrawal of a letter up to the cut-off is complete",
    "P17": "Every letter is accounted for",
    "P18": "A wrong envelope is impossible by construction",
    "P19": "The split of costs is exact",
    "P20": "Malformed input is never a server error and never half saved",
    "P21": "The tests find planted faults",
    "P22": "Branches covered",
    "P23": "Notices leave quickly",
    "P24": "Consent is obeyed at the moment of sending",
    "P25": "A backup restores to the promised point",
    "P26": "A closed network is enough: no outgoing connection",
    "P27": "Each item of ASVS is met, not applicable with a reason, or open",
    "P28": "Money and bookings are serializable or locked",
}
WAITS = dict.fromkeys(("P16", "P17", "P18", "P19"), "letters (郵送の一括) are not built") | {
    "P23": "not measured; a round of care sends 200 messages and decides every household anew"
}


@cache
def every() -> tuple[Proof, ...]:
    """Every proof, the promises in their order first. Raises ValueError when two have one key."""
    names = sorted(one.name for one in pkgutil.iter_modules(proofs.__path__) if MODULE.match(one.name))
    found = [importlib.import_module(f"proofs.{name}").PROOF for name in names]
    keys = [one.key for one in found]
    if len(set(keys)) != len(keys):
        raise ValueError(f"two proofs of one key: {keys}")
    order = list(PROMISES)
    return tuple(sorted(found, key=lambda one: order.index(one.key) if one.key in order else len(order)))


def unproven() -> dict[str, str]:
    """Promises without a proof, and why."""
    there = {one.key for one in every()}
    return {key: WAITS.get(key, "no proof yet") for key in PROMISES if key not in there}
