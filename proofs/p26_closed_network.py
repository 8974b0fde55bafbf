"""P26: a closed network is enough. The suite runs in a network of its own in which there is nobody, and not one packet leaves.

The network namespace has the loopback and a line (veth) that ends nowhere; every address outside, and the name server, lies beyond
that line. What any process tries to send there, Chromium and PostgreSQL included, is counted by the kernel. The control calls out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from proofs.frame import NotHere, Proof, Result
from proofs.kept import ROOT
from proofs.tested import COUNTS

# 192.0.2.0/24 is for documentation (RFC 5737): nobody is there.
NETWORK = """set -e
ip link set lo up
ip link add outside type veth peer name beyond
for one in outside beyond; do echo 1 > /proc/sys/net/ipv6/conf/$one/disable_ipv6; ip link set $one up; done
ip addr add 192.0.2.2/24 dev outside
ip route add default via 192.0.2.1
ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev outside nud permanent
mount --bind "$1/resolv.conf" /etc/resolv.conf
shift
"$@" || true
"""
SOME = ("tests/rooms/connect", "tests/rooms/payments", "tests/house/test_no_outside.py")
CALLS_OUT = """
import socket
with socket.socket() as one:
    one.settimeout(2)
    try:
        one.connect(("203.0.113.9", 443))
    except OSError as error:
        print(error)
try:
    socket.getaddrinfo("fonts.example", 443)
except OSError as error:
    print(error)
"""


def quick(own: Path) -> Result:
    return _closed_in(own, [sys.executable, "-m", "pytest", "-q", "-m", "not slow", *SOME])


def full(own: Path) -> Result:
    return _closed_in(own, [sys.executable, "-m", "tools.run_tests"])


def control(own: Path) -> Result:
    sent = _sent(own, [sys.executable, "-c", CALLS_OUT])
    return Result(2, sent, "packets of a connection and of a name that was looked up")


def _closed_in(own: Path, words: list[str]) -> Result:
    """Tests that passed and failed in there; every packet that left is lost too."""
    counts = own / "counts.json"
    counts.unlink(missing_ok=True)
    sent = _sent(own, words, PYTEST_ADDOPTS="-p proofs.tested", **{COUNTS: str(counts)})
    told = json.loads(counts.read_text())
    return Result(told["n"], told["losses"] + sent, f"{told['losses']} tests failed, {sent} packets left")


def _sent(own: Path, words: list[str], **environment: str) -> int:
    """Run it in there; how many packets left."""
    if os.getuid() or any(shutil.which(one) is None for one in ("unshare", "ip")):
        raise NotHere(
            "needs root and the programs unshare and ip; to get it: apt-get install util-linux iproute2"
        )
    (own / "resolv.conf").write_text("nameserver 192.0.2.53\noptions timeout:1 attempts:1\n")
    counted = NETWORK + f'cp /proc/net/dev "{own}/sent"\n'
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    subprocess.run(
        ["unshare", "--net", "--mount", "sh", "-c", counted, "sh", str(own), *words], cwd=ROOT, check=True,
        env={**kept, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", **environment},
    )  # fmt: skip
    (line,) = (one for one in (own / "sent").read_text().splitlines() if one.strip().startswith("outside:"))
    return int(line.split()[10])  # transmitted packets: proc(5), /proc/net/dev


PROOF = Proof(
    "P26",
    "A closed network is enough: no outgoing connection",
    quick,
    full,
    control,
    limits="What the suite does not do is not seen. A PostgreSQL that was given as a URL is outside the network of its own; the "
    "tests' own cluster is inside.",
)  # fmt: skip
