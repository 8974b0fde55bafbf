"""The demo ends whole: nothing that it started stays behind, and a second one does not slip in beside it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

DEMO = [sys.executable, "-m", "madoguchi.config.command_line", "demo", "--residents", "20", "--past", "0"]
SECONDS = 300


def _session(leader: int) -> list[str]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "-s", str(leader)], capture_output=True, text=True, check=False
    )
    return listed.stdout.split()


@pytest.mark.slow
@pytest.mark.parametrize("told_to", [signal.SIGTERM, signal.SIGINT])
def test_whoever_ends_the_demo_ends_all_that_it_started(tmp_path: Path, told_to: signal.Signals) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    given = os.environ | {"MADOGUCHI_HOME": str(tmp_path / "home")}
    demo = subprocess.Popen(
        [*DEMO, "--port", str(port)], env=given, start_new_session=True, stdout=subprocess.PIPE, text=True
    )
    try:
        assert demo.stdout is not None
        said = ""
        until = time.monotonic() + SECONDS
        while "止めるには" not in said and time.monotonic() < until and demo.poll() is None:
            said += demo.stdout.readline()
        assert "止めるには" in said, said
        beside = subprocess.run(
            [*DEMO, "--port", str(port)],
            env=os.environ | {"MADOGUCHI_HOME": str(tmp_path / "second")},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (beside.returncode, f"{port} 番はほかのものが使っています" in beside.stderr) == (2, True)
        assert len(_session(demo.pid)) > 5
        demo.send_signal(told_to)
        assert demo.wait(60) == 0
        assert _session(demo.pid) == []
    finally:
        for pid in _session(demo.pid):
            os.kill(int(pid), signal.SIGKILL)
        demo.wait(10)
