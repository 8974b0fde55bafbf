"""The job really killed (kill -9) while it erases, and started again: all that was due goes, and nothing else."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from tests.cast import NOW
from tests.rooms.disposal.planting import OVER, at, five_years
from tests.rooms.disposal.test_classes import ticket

from madoguchi.audit.entries import Actor
from madoguchi.disposal.periods import set_periods
from madoguchi.disposal.proposing import approve, propose
from madoguchi.disposal.values import RecordClass

ROOT = Path(__file__).resolve().parents[3]
DUE, KILLS = 330, 2


@pytest.mark.django_db(transaction=True)
def test_killed_and_started_again(city: Mapping[str, Actor], tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a copy of the file is worked on beside; on PostgreSQL the transaction is the same one")
    for nth in range(1, DUE + 1):
        ticket(nth)
    ticket(DUE + 1, live=True)
    ticket(DUE + 2, ended=OVER)
    set_periods(periods=[five_years(RecordClass.TICKETS)], by=city["systems_saki"], now=NOW)
    number = propose(record_class=RecordClass.TICKETS, on=OVER, by=city["systems_saki"], now=at(OVER))
    approve(proposal=number, by=city["auditor_ren"], now=at(OVER) + timedelta(minutes=1))
    file = tmp_path / "city.sqlite3"
    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
    copy.close()
    for _ in range(KILLS):
        job = started(tmp_path, file)
        assert job.stdout is not None
        assert "件まで消しました" in job.stdout.readline()  # one batch is done, and the next has begun
        job.send_signal(signal.SIGKILL)
        job.communicate(timeout=600)
        said(file, "PRAGMA integrity_check", [("ok",)])
        gone, there = counted(file)
        assert gone + there == DUE + 2, "whole batches, with their lines"
        assert 0 < gone < DUE
    job = started(tmp_path, file)
    job.communicate(timeout=600)
    assert (job.returncode, counted(file)) == (0, (DUE, 2))
    said(file, "SELECT state FROM disposal_proposalrow", [("done",)])
    said(file, "SELECT erased, left FROM disposal_certificaterow", [(DUE, 0)])
    said(file, "SELECT number FROM booking_ticketrow ORDER BY number", [(DUE + 1,), (DUE + 2,)])


def counted(file: Path) -> tuple[int, int]:
    """How many lines the log has, and how many numbers are there."""
    with sqlite3.connect(file) as there:
        (gone,) = there.execute("SELECT count(DISTINCT record) FROM disposal_disposedrow").fetchone()
        (left,) = there.execute("SELECT count(*) FROM booking_ticketrow").fetchone()
    there.close()
    return gone, left


def said(file: Path, question: str, answer: list[tuple[object, ...]]) -> None:
    with sqlite3.connect(file) as there:
        assert there.execute(question).fetchall() == answer
    there.close()


def started(home: Path, file: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ, "MADOGUCHI_DATABASE_URL": f"sqlite:///{file}", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "madoguchi.config.settings", "MADOGUCHI_HOME": str(home),
    }  # fmt: skip
    words = [sys.executable, "-m", "madoguchi.config.command_line", "disposal", "run"]
    return subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    )
