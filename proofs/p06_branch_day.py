"""P6: a branch works a whole opening day with the line cut, and everything is taken in afterwards.

The centre packs the day's data (`madoguchi branch pack`). A process of its own opens them in another home, in a network namespace
without any network (`unshare -n`, where that is allowed), and receives visitors from 8:45 to 17:15 by a clock that is passed in:
people who were expected and are in the package, and people who appear and are entered by hand. Papers are printed there. Meanwhile the
centre opens cases of its own. Then `send` and `take`, twice: every act is there once, in order, with its facts; every visit is 仮受付
until it is signed at the centre. The control loses each hundredth act on the way.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import TYPE_CHECKING

from proofs.databases import on, sqlite
from proofs.frame import Proof, Result
from proofs.kept import ROOT

if TYPE_CHECKING:
    from madoguchi.audit.entries import Actor

MOST_SECONDS, MOST_TO_PRINT = 60, 30
OPENS, HOURS = clock(8, 45), 8.5
BRANCH = "north"


def quick(own: Path) -> Result:
    return on(sqlite(own), own, lived, 6)


def full(own: Path) -> Result:
    return on(sqlite(own), own, lived, 300)


def control(own: Path) -> Result:
    return on(sqlite(own), own, lived, 6, "loses")


def acts_of(case: str) -> list[list[object]]:
    """The acts of a case: kind, number, when, how many facts and people."""
    from madoguchi.cases.models import ActRow, FactRow, PersonRow

    return [
        [
            one.kind,
            one.number,
            one.at.isoformat(),
            FactRow.objects.filter(act=one).count(),
            PersonRow.objects.filter(act=one).count(),
        ]
        for one in ActRow.objects.filter(case__public_id=case).order_by("number")
    ]


def lived(own: Path, visits: str, without: str = "") -> Result:
    """The whole day, from the centre's side."""
    from django.core.management import call_command

    from proofs import counter_day

    counter_day.build(own)
    key, out = own / "key", own / "out"
    _pack(own, key)
    cut = _branch_works(own, visits)
    told = json.loads((own / "branch" / "done.json").read_text())
    if without:
        _lose(out, key)
    started = time.monotonic()
    for _twice in range(2):
        call_command("branch", "take", str(out), "--key-file", str(key), stdout=sys.stderr)
    took = time.monotonic() - started
    wrong = [*told["wrong"], *_wrong(told["cases"])]
    if took > MOST_SECONDS:
        wrong.append(f"taking in took {took:.0f} s")
    print(wrong[:20], flush=True)
    detail = f"{visits} visits in {HOURS} h, {told['acts']:,} acts, taken in (twice) in {took:.1f} s, slowest paper {told['paper']:.1f} s"
    return Result(int(visits), len(wrong), detail + ("" if cut else ", network not cut"))


def _pack(own: Path, key: Path) -> None:
    """The morning: whoever is expected, in a package."""
    from django.apps import apps
    from django.core.management import call_command

    for old in (key, own / "package", own / "out"):
        old.unlink(missing_ok=True)
    shutil.rmtree(own / "branch", ignore_errors=True)
    (own / "branch").mkdir()
    residents = apps.get_model("residents", "ResidentRecord").objects.filter(is_current=True)
    expected = own / "expected.txt"
    expected.write_text("\n".join(residents.values_list("resident_no", flat=True)[:12]))
    call_command("backup", "--make-key", str(key), stdout=sys.stderr)
    words = ("--key-file", str(key), "--residents", str(expected))
    call_command("branch", "pack", BRANCH, str(own / "package"), *words, stdout=sys.stderr)


def _branch_works(own: Path, visits: str) -> bool:
    """The day in a process of its own; whether it had no network at all."""
    from django.utils import timezone

    environment = {
        **os.environ, "MADOGUCHI_HOME": str(own / "branch"), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "MADOGUCHI_DATABASE_URL": sqlite(own / "branch", "branch"),
    }  # fmt: skip
    cut = ["unshare", "-n"] if subprocess.run(["unshare", "-n", "true"], check=False).returncode == 0 else []
    began = timezone.make_aware(datetime.combine(timezone.localdate(), OPENS)).astimezone(UTC)
    words = [*cut, sys.executable, "-m", "proofs.p06_branch_day", str(own), visits, began.isoformat()]
    subprocess.run(words, cwd=ROOT, env=environment, check=True)
    return bool(cut)


def _wrong(cases: dict[str, list[list[object]]]) -> list[str]:
    """What the centre has that is not what the branch did."""
    from madoguchi.cases.models import CaseRow

    wrong = []
    for case, wanted in cases.items():
        row, there = CaseRow.objects.filter(public_id=case).first(), acts_of(case)
        if row is None or there != wanted:
            wrong.append(f"{case[:6]}: {len(there)} acts instead of {len(wanted)}")
        elif row.status != "hearing":
            wrong.append(f"{case[:6]}: not 仮受付 but {row.status}")
    extra = CaseRow.objects.filter(branch=BRANCH).exclude(public_id__in=cases).count()
    return [*wrong, *([f"{extra} cases too many"] if extra else [])]


def _lose(out: Path, key: Path) -> None:
    """The guard taken out: an act is lost on the way and nobody waits for it."""
    from madoguchi.config.keeping import shutting
    from madoguchi.config.management.commands import branch

    word = shutting.read_key(key)
    said = json.loads(branch._read(out, word))
    said["acts"] = [one for number, one in enumerate(said["acts"]) if number % 100 != 7]
    branch._write(out, json.dumps(said), word)


def main(argv: list[str]) -> int:
    """The branch: opens the package and receives visitors, with no line to anybody."""
    import django

    own, visits, began = Path(argv[0]), int(argv[1]), datetime.fromisoformat(argv[2])
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], check=True)
    django.setup()
    from django.core.management import call_command

    from madoguchi.audit.entries import Actor
    from madoguchi.cases.models import CaseRow
    from madoguchi.city.models import StaffMember
    from madoguchi.city.queries import seat_of

    call_command("branch", "open", str(own / "package"), "--key-file", str(own / "key"), stdout=sys.stderr)
    member = StaffMember.objects.get(username="clerk2")
    seat = seat_of(member)
    assert seat is not None
    by = Actor(member.pk, member.display_name, seat.branch, seat.desk)
    expected, wrong, slowest, made = (own / "expected.txt").read_text().split(), list[str](), 0.0, list[str]()
    for number in range(visits):
        now = began + timedelta(hours=HOURS) * number / visits
        try:
            made.append(
                _expected(expected[number % len(expected)], by, now) if number % 2 else _appears(by, now)
            )
        except LookupError as error:
            wrong.append(f"not in the package: {type(error).__name__}")
        if number % 10 == 0:
            slowest = max(slowest, _printed(made[-1], by, now))
    if slowest > MOST_TO_PRINT:
        wrong.append(f"paper after {slowest:.0f} s")
    call_command("branch", "send", str(own / "out"), "--key-file", str(own / "key"), stdout=sys.stderr)
    assert CaseRow.objects.count() == visits
    cases = {case: acts_of(case) for case in made}
    told = {"cases": cases, "acts": sum(map(len, cases.values())), "wrong": wrong, "paper": slowest}
    (own / "branch" / "done.json").write_text(json.dumps(told))
    return 0


def _expected(resident_no: str, by: Actor, now: datetime) -> str:
    """Somebody of the package moves within the city."""
    from madoguchi.cases import opening
    from madoguchi.procedures.situation import EventKind

    case = opening.open_case(event=EventKind.move_within, by=by, now=now)
    later = now + timedelta(seconds=20)
    opening.add_residents(case=case, resident_nos=[resident_no], staying=False, by=by, now=later)
    return case


def _appears(by: Actor, now: datetime) -> str:
    """A family that nobody expected is entered by hand and heard."""
    from tests.rooms.cases import walking

    case = walking.begun(by, now=now)
    walking.visited(case, by, now=now + timedelta(seconds=30))
    for turn in range(4):
        walking.answer_once(case, by, now=now + timedelta(seconds=60 + 20 * turn))
    return case


def _printed(case: str, by: Actor, now: datetime) -> float:
    """Seconds until a paper of the case is there."""
    from madoguchi.cases import sheets

    began = time.monotonic()
    paper = sheets.guide(case=case, actor=by, now=now + timedelta(seconds=300))
    assert paper.pdf.startswith(b"%PDF")
    return time.monotonic() - began


PROOF = Proof(
    "P6",
    "A branch works a whole day with the line cut",
    quick,
    full,
    control,
    "the day is lived through the operations of the product with a clock that is passed in, not through its screens; tickets are "
    "numbers that were set aside (予備の番号), entered by hand afterwards",
)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
