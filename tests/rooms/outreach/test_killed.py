"""The worker really killed (kill -9) while it makes offers, and started again: each is offered it once, and none is lost."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from tests.cast import NOW
from tests.rooms.outreach.campaigning import CARD, approved

from madoguchi.audit.entries import Actor
from madoguchi.outreach import campaigns, making, parts
from madoguchi.outreach.models import OfferRow

ROOT = Path(__file__).resolve().parents[3]
MINUTES_AHEAD = 11
OFFERS = "SELECT about FROM outreach_offerrow"
KILLS = 1


@pytest.mark.django_db(transaction=True)
def test_killed_and_started_again(
    city: Mapping[str, Actor], register: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the file of a database is killed beside; PostgreSQL by benchmarks/campaign.py")
    number = approved(city, [CARD])
    monkeypatch.setattr(parts.lay_out, "__kwdefaults__", {"households": 1})
    campaigns.send(campaign=number, by=city["herald_aki"], now=NOW)
    file, chance = tmp_path / "city.sqlite3", random.Random(3)
    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
    copy.close()
    code, ahead, killed = 1, 0, 0
    for _start in range(KILLS + 2):
        worker = _worker(tmp_path, file, number, ahead)
        if killed < KILLS:
            assert worker.stdout is not None
            worker.stdout.readline()  # one part is done, and the next has begun
            time.sleep(chance.uniform(0, 0.05))
            worker.send_signal(signal.SIGKILL)
            killed += 1
        worker.communicate(timeout=300)
        code, ahead = worker.returncode, ahead + MINUTES_AHEAD
        if code == 0:
            break
    with sqlite3.connect(file) as done:
        made = Counter(about for (about,) in done.execute(OFFERS))
        (state,) = done.execute("SELECT state FROM outreach_campaignrow").fetchone()
    done.close()
    assert (code, killed, state) == (0, KILLS, "done")
    assert set(made.values()) == {1}
    making.go_through(number, clock=timezone.now)
    assert set(made) == set(OfferRow.objects.values_list("about", flat=True)), "as without any kill"


def _worker(home: Path, file: Path, number: str, ahead: int) -> subprocess.Popen[str]:
    environment = {
        **os.environ, "MADOGUCHI_DATABASE_URL": f"sqlite:///{file}", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "madoguchi.config.settings", "MADOGUCHI_HOME": str(home),
    }  # fmt: skip
    words = [
        sys.executable, "-m", "benchmarks.campaign", "--work", str(home), "--campaign", number, "--ahead", str(ahead),
    ]  # fmt: skip
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT)
