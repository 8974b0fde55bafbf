"""openapi.json held to what is answered: made-up requests, right and wrong ones, to every address (schemathesis).

No answer is a fault of ours, none has a status, a kind or a shape that is not described, what is described as right is
answered, what is described as wrong is refused, and a method that is not described is told which ones are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import pytest
import schemathesis
from django.conf import LazySettings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from madoguchi.booking.offering import Offer

MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
DECIDE = "POST /api/v1/decide"


@pytest.fixture
def described(procedures: str, offered: Offer, settings: LazySettings) -> Iterator[Any]:
    """The description as it is served. Nobody asks too often, and the test's own connection stays open."""
    settings.API_REQUESTS = 10_000_000
    for ended in (request_started, request_finished):
        ended.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for ended in (request_started, request_finished):
        ended.connect(close_old_connections)


def broken(case: Any) -> tuple[int, list[str]]:
    """Send it; the status of the answer, and every promise of the description that was not kept.

    That a person is in a household twice no schema can say: such a body may be refused, whatever the schema says.
    """
    excluded = [positive_data_acceptance] if case.operation.label == DECIDE else []
    answer = case.call()
    try:
        case.validate_response(answer, excluded_checks=excluded)
    except FailureGroup as found:
        return answer.status_code, [f"{case.operation.label}: {one}" for one in found.exceptions]
    return answer.status_code, []


def walked(described: Any, *, examples: int, step: int) -> tuple[Counter[int], list[str]]:
    """The edges of every parameter, then as many requests made by chance, right and wrong ones.

    `step`: of the many edges of a household every so many-th; of all else every one.
    """
    statuses: Counter[int] = Counter()
    wrong: list[str] = []

    def send(case: Any) -> None:
        status, faults = broken(case)
        statuses[status] += 1
        wrong.extend(faults)

    for one in described.get_all_operations():
        operation = one.ok()
        config = described.config.generation_for(operation=operation)
        edges = described.iter_coverage_cases(
            operation, generation_modes=list(MODES), generation_config=config
        )
        for case in islice(edges, 0, None, step if operation.label == DECIDE else 1):
            send(case)
        for mode in MODES:
            by_chance(operation.as_strategy(generation_mode=mode), send, examples)
    return statuses, wrong


def by_chance(cases: Any, send: Any, examples: int) -> None:
    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases)
    def every(case: Any) -> None:
        send(case)

    with suppress(Unsatisfiable):  # an address without a parameter cannot be asked wrongly
        every()


@pytest.mark.django_db
def test_every_answer_is_as_described(described: Any, record_property: Callable[[str, object], None]) -> None:
    statuses, wrong = walked(described, examples=2, step=12)
    record_property("n", statuses.total())
    record_property("losses", len(wrong))
    assert wrong[:5] == []
    assert statuses[200] > 30 and statuses[422] > 30 and statuses[405] > 10, statuses


@pytest.mark.slow
@pytest.mark.django_db
def test_every_answer_is_as_described_full_size(
    described: Any, record_property: Callable[[str, object], None]
) -> None:
    statuses, wrong = walked(described, examples=800, step=1)
    record_property("n", statuses.total())
    record_property("losses", len(wrong))
    assert wrong[:5] == []
    assert statuses.total() >= 10_000
