"""On invented offices the branch's predictor is a quarter better than the usual rule, and its band keeps its word."""

from __future__ import annotations

import pytest
from benchmarks.waits import less_by, run

from madoguchi.booking.waits.scoring import score


@pytest.mark.parametrize("seed", [31, 32])
def test_an_office_is_told_a_quarter_better_than_by_people_times_minutes_over_desks(seed: int) -> None:
    """Short of the full measure of `python -m benchmarks.waits`: two other offices, 24 days."""
    found = run(seed, 24)
    ours, ahead, oneself = score(found.ours), score(found.ahead), score(found.with_oneself)
    assert ours is not None and ahead is not None and oneself is not None
    assert less_by(ours, ahead, oneself) >= 0.25
    assert 0.75 <= ours.covered <= 0.85
    assert ours.count > 500
