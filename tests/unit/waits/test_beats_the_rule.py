"""On invented offices the branch's predictor is a quarter better than the usual rule, and its band keeps its word."""

from __future__ import annotations

import pytest
from benchmarks.waits import less_by, run

from madoguchi.booking.waits.scoring import score


def test_an_office_is_told_better_than_by_people_times_minutes_over_desks() -> None:
    """The quick form: one office, few days; the measure itself is below and in `python -m benchmarks.waits`."""
    found = run(41, 20)
    ours, ahead = score(found.ours), score(found.ahead)
    assert ours is not None and ahead is not None
    assert less_by(ours, ahead) >= 0.15
    assert 0.70 <= ours.covered <= 0.90
    assert ours.count > 500


@pytest.mark.slow
def test_offices_are_told_a_quarter_better_than_by_people_times_minutes_over_desks() -> None:
    """Short of the full measure of `python -m benchmarks.waits`: two other offices together, 40 days."""
    both = [run(seed, 40) for seed in (41, 42)]
    ours = score([one for found in both for one in found.ours])
    ahead = score([one for found in both for one in found.ahead])
    oneself = score([one for found in both for one in found.with_oneself])
    assert ours is not None and ahead is not None and oneself is not None
    assert less_by(ours, ahead) >= 0.25
    assert (
        less_by(ours, oneself) >= 0.20
    )  # the rule with oneself counted in, which is the stronger of the two
    assert 0.77 <= ours.covered <= 0.83
    assert ours.count > 3000
