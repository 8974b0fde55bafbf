"""PostgreSQL's own programs, where they are installed, and as whom they may run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path


class ProgramMissing(RuntimeError):
    """A program of PostgreSQL that is not installed here."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} がありません。この機械に、サーバーと同じ版の PostgreSQL のプログラムを入れてください（postgresql-client と postgresql）。"
        )


class ProgramFailed(RuntimeError):
    """A program that ended with a fault; its last line says why."""

    def __init__(self, name: str, said: str) -> None:
        lines = [line for line in said.splitlines() if line.strip()]
        super().__init__(
            f"{name} が終わりまで進みませんでした（{lines[-1].strip() if lines else '理由の表示なし'}）。docs/backup.md の準備を確かめてください。"
        )


def program(name: str) -> str:
    """Where a program is: the newest of the system's, or the one on the path. Raises ProgramMissing."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda one: float(one.parts[-3]))
    there = str(found[-1]) if found else shutil.which(name)
    if there is None:
        raise ProgramMissing(name)
    return there


def run(name: str, *words: str, user: str = "") -> str:
    """Run a program to its end; returns what it wrote. Raises ProgramMissing, ProgramFailed."""
    done = subprocess.run(
        [*as_user(user), program(name), *words], capture_output=True, text=True, check=False, cwd="/"
    )
    if done.returncode:
        raise ProgramFailed(name, done.stderr or done.stdout)
    return done.stdout


def as_user(user: str) -> Sequence[str]:
    """The words in front of a command that is not run as the superuser, who may not run a database."""
    if user and os.getuid() == 0:
        return ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")
    return ()
