"""The same procedure by files: what CONTRIBUTING.md says, and nothing else, into a folder of the city's own.

The commands are read from the page, so that the page cannot say what does not work.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## To add a procedure")[2].partition("\n## ")[0]
ID = "food-waste-composter"
PROCEDURE = """
id = "food-waste-composter"
law_id = "ZZ01"
name = "まどか市 電動生ごみ処理機 購入補助"
summary = "電動生ごみ処理機を買った方に、買った額の一部を補助します。"
law = "まどか市電動生ごみ処理機購入補助要綱(架空)"
events = ["move_in"]
per = "household"
department = "environment"
channels = { counter = "full" }
sheet = "food-waste-composter"
bring = [{ text = "領収書" }]
verified = "unverified"

[[rule]]
since = 2000-01-01
optional = "household.composter_bought"
because = "電動生ごみ処理機を買った方は申請できます"
[[rule.otherwise]]
when = "True"
because = "電動生ごみ処理機を買っていないためです"

[[deadline]]
event = "move_in"
from = "event.move_date"
days = 90

[[example]]
name = "買った世帯は申請できる"
on = 2026-11-09
event = { kind = "move_in", move_date = 2026-11-05 }
people = [{ id = "p1", moves = true }]
household = { composter_bought = true }
expect = { household = "optional" }
deadline = { household = 2027-02-03 }

[[example]]
name = "買っていない世帯は不要"
on = 2026-11-09
event = { kind = "move_in", move_date = 2026-11-05 }
people = [{ id = "p1", moves = true }]
household = { composter_bought = false }
expect = { household = "not_needed" }

[[example]]
name = "聞くまでは要確認"
on = 2026-11-09
event = { kind = "move_in", move_date = 2026-11-05 }
people = [{ id = "p1", moves = true }]
expect = { household = "ask" }
missing = { household = ["composter_bought"] }
"""
VOCABULARY = """
[[fact]]
key = "composter_bought"
holder = "household"
type = "boolean"
label = "電動生ごみ処理機の購入"
question = "電動生ごみ処理機を買いましたか"
why = "購入の補助を申請できるかが決まります"
source = "聞き取り"
"""
SHEET = """
id = "food-waste-composter"
title = "電動生ごみ処理機 購入補助申請書"
law = "まどか市電動生ごみ処理機購入補助要綱(架空)"
grouping = "household"

[[box]]
label = "世帯主"
fact = "household.head_name"
format = "name"
"""
ENGLISH = """
[[text]]
ja = "領収書"
text = "Receipt"
"""
FAMILY = {
    "event": {"kind": "move_in", "move_date": "2026-11-05"},
    "notified_on": "2026-11-09",
    "claimant": "p1",
    "people": [{"id": "p1", "birth_date": "1984-05-02", "relationship": "世帯主", "moves": True}],
    "household": {"composter_bought": True},
}


def commands() -> list[str]:
    """The commands of the page, in its order."""
    block = re.search(r"```sh\n(.*?)```", SECTION, re.DOTALL)
    assert block is not None
    return block[1].splitlines()


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The files that the page names, in a folder of the city's own."""
    touched = re.findall(r"^\d\. `src/madoguchi/procedures/packs/national/(.+?)`", SECTION, re.MULTILINE)
    touched += re.findall(r"`(vocabulary\.toml)`", SECTION)[:1]
    touched += re.findall(r"`(texts/.+?)`", SECTION)
    contents = {
        "<id>.toml": PROCEDURE, "sheets/<id>.toml": SHEET, "vocabulary.toml": VOCABULARY, "texts/<language>.toml": ENGLISH,
    }  # fmt: skip
    assert touched == list(contents), "the page names these files and no other"
    folder = tmp_path / "tonari"
    for name in touched:
        file = folder / name.replace("<id>", ID).replace("<language>", "en")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(contents[name], encoding="utf-8")
    return folder


class Shell:
    """A newcomer's shell: the commands of the page with the names filled in."""

    def __init__(self, city: Path, home: Path) -> None:
        self._city = city
        self._env = {**os.environ, "MADOGUCHI_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
        for name in ("DJANGO_SETTINGS_MODULE", "MADOGUCHI_DATABASE_URL", "MADOGUCHI_SECRET_KEY"):
            self._env.pop(name, None)

    def __call__(self, line: str, **names: str) -> subprocess.CompletedProcess[str]:
        for name, value in {"packs/CITY": str(self._city), **names}.items():
            line = line.replace(name, value)
        words = [sys.executable, "-m", "madoguchi.config.command_line", *shlex.split(line)[1:]]
        return subprocess.run(
            words, env=self._env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
        )


@pytest.mark.slow  # two whole checks of the pack; the editor's way is in every run
def test_the_page_alone_is_enough(city: Path, tmp_path: Path) -> None:
    lint, decide, publish, listed, back = commands()
    run = Shell(city, tmp_path / "home")
    household = tmp_path / "family.json"
    household.write_text(json.dumps(FAMILY), encoding="utf-8")
    # what is wrong is said with file and line, and nothing is published
    wrong = city / f"{ID}.toml"
    wrong.write_text(
        PROCEDURE.replace("household.composter_bought", "household.composter_baught"), encoding="utf-8"
    )
    said = run(lint)
    assert said.returncode == 1
    assert f"{ID}.toml" in said.stdout + said.stderr
    assert "composter_bought" in said.stdout + said.stderr, "the nearest name is offered"
    wrong.write_text(PROCEDURE, encoding="utf-8")
    said = run(lint)
    assert said.returncode == 0, said.stdout + said.stderr
    decided = run(decide, **{"FILE.json": str(household), "DATE": "2026-11-09"})
    assert decided.returncode == 0, decided.stderr
    (one,) = [one for one in json.loads(decided.stdout)["decisions"] if one["id"] == ID]
    assert (one["status"], one["deadline"], one["subject"]) == ("optional", "2027-02-03", "household")
    # published over the national pack, and taken back
    assert run("madoguchi migrate").returncode == 0
    assert run("madoguchi catalogue publish").returncode == 0
    first = current(run(listed).stdout)
    published = run(publish)
    assert published.returncode == 0, published.stderr
    assert (ours := current(run(listed).stdout)) != first
    assert ours in published.stdout
    taken = run(back, REVISION=first)
    assert taken.returncode == 0, taken.stderr
    assert current(run(listed).stdout) == first


def current(listed: str) -> str:
    """The revision that the list marks as current."""
    return next(line.split()[1] for line in listed.splitlines() if line.startswith("＊"))
