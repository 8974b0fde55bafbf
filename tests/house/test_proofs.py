"""Every proof is of a promise and has a form without its guard; the runner says so when either is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from proofs import kept, results, run
from proofs.every import PROMISES, WAITS, every, unproven
from proofs.frame import Proof, Result, weakest
from proofs.kept import Outcome

GOOD, LOST = Outcome(n=10), Outcome(n=10, losses=3)


def test_every_promise_is_shown_or_said_not_to_be() -> None:
    keys = {one.key for one in every()}
    assert keys.isdisjoint(WAITS)
    assert keys - PROMISES.keys() == {one.key for one in every() if not one.key.startswith("P")}
    assert unproven().keys() == PROMISES.keys() - keys


def test_a_proof_and_its_control_are_two_things() -> None:
    for one in every():
        assert len({one.quick, one.full, one.control}) == 3, one.key


@pytest.mark.parametrize(
    ("told", "control", "result", "code"),
    [
        (GOOD, LOST, "kept", 0),
        (LOST, LOST, "BROKEN", 1),
        (GOOD, GOOD, "UNPROVEN", 1),
        (Outcome(), LOST, "BROKEN", 1),
        (Outcome(broken="stopped"), LOST, "BROKEN", 1),
        (GOOD, Outcome(broken="stopped"), "UNPROVEN", 1),
        (Outcome(not_here="needs PostgreSQL"), LOST, "not run", 0),
    ],
)
def test_the_runner_tells_what_is_wrong(
    told: Outcome,
    control: Outcome,
    result: str,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def never(_own: Path) -> Result:
        raise AssertionError

    proof = Proof("P4", "as an example", never, never, never)
    for module in (run, results):
        monkeypatch.setattr(module, "every", lambda: (proof,))
    monkeypatch.setattr(run, "shown", lambda _proof, form, _work: control if form == "control" else told)
    monkeypatch.setattr(results, "FILE", tmp_path / "RESULTS.md")
    monkeypatch.delenv("MADOGUCHI_REQUIRE_ALL", raising=False)
    assert run.main(["--quick", "--only", "P4", "--work", str(tmp_path)]) == code
    assert result in capsys.readouterr().out
    written = (tmp_path / "RESULTS.md").read_text()
    assert f"| {result} |" in written and written.count("| P4 |") == 1


def test_what_was_shown_is_shown_anew_when_a_program_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.write(kept.folder(tmp_path, "P4", "full"), GOOD)
    assert kept.read(kept.folder(tmp_path, "P4", "full")) == GOOD
    monkeypatch.setattr(kept, "inputs", lambda: "another")
    assert kept.read(kept.folder(tmp_path, "P4", "full")) is None


def test_of_several_controls_the_weakest_counts() -> None:
    assert weakest(Result(9, 4, "no lock"), Result(5, 0, "no token")).losses == 0
