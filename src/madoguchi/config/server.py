"""How the pages are served: granian, WSGI, few blocking threads, and a limit on how long a stop may take."""

from __future__ import annotations

import sys

BLOCKING_THREADS = 3
KILL_AFTER_SECONDS = 3


def server_command(*, host: str, port: int, workers: int) -> list[str]:
    """The command line that serves every page of this database."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(BLOCKING_THREADS),
        "--workers-kill-timeout", str(KILL_AFTER_SECONDS), "--no-access-log", "--log-level", "warning",
        "madoguchi.config.wsgi:application",
    ]  # fmt: skip


def worker_command() -> list[str]:
    """The command line that does what was put off (taking in a survey)."""
    return [sys.executable, "-m", "madoguchi.config.command_line", "work"]
