"""P20: whatever is sent, no answer is a fault of ours, nothing is half stored, and what was wrong is said.

Interfaces: files of residents (10,000 broken in every way we know), posts to every address (10,000 broken forms by somebody who may
open it), and the public interface (made up from its description by schemathesis). Each file and post is made again from its number.
The controls: refused rows are not kept; what is shown is not escaped; a framework's page answers where data was promised.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from proofs.databases import on, sqlite
from proofs.frame import Proof, Result, weakest
from proofs.going_on import going_on
from proofs.tested import tested

API = "tests/channels/api/test_description.py::test_every_answer_is_as_described"


def quick(own: Path) -> Result:
    return _files(own, 300) + _posts(own, 300) + tested(own, API)


def full(own: Path) -> Result:
    return _files(own, 10_000) + _posts(own, 10_000) + tested(own, f"{API}_full_size", which="slow")


def control(own: Path) -> Result:
    return weakest(
        on(sqlite(own, "files"), own, refusals_not_kept, 60),
        on(sqlite(own, "posts"), own, nothing_escaped, 200),
        tested(own, API, without=pages_for_problems),
    )


def _files(own: Path, count: int) -> Result:
    return on(sqlite(own, "files"), own, broken_files, count)


def _posts(own: Path, count: int) -> Result:
    return on(sqlite(own, "posts"), own, broken_posts, count)


def broken_files(own: Path, count: str) -> Result:
    """Every file is tried, taken in and taken in again inside a transaction that is rolled back."""
    from django.db import transaction
    from tests.rooms.residents.checking import check_everything
    from tests.rooms.residents.malformed import case

    def one(number: int) -> Iterator[str]:
        made = case(number)
        try:
            with transaction.atomic():
                check_everything(made.data)
                transaction.set_rollback(True)
        except Exception as error:  # listed whatever it is; it hides nothing
            yield f"{made.form}; {', '.join(made.faults)}: {type(error).__name__}: {error}"[:300]

    return going_on(own, "broken files", int(count), one)


def broken_posts(own: Path, count: str) -> Result:
    """Every post is sent inside a transaction that is rolled back."""
    import logging

    from django.test.utils import setup_test_environment
    from tests.cast import NOW
    from tests.channels.malformed_posts import broken_promises, build_city, post, rolled_back, stored, told

    from madoguchi.city.models import Municipality

    logging.disable(logging.ERROR)
    setup_test_environment()
    if not Municipality.objects.exists():
        build_city(NOW)
    before = stored()

    def one(number: int) -> list[str]:
        made = post(number)
        with rolled_back():
            _status, wrong = broken_promises(made, before)
        return [f"{fault} {told(made)}" for fault in wrong]

    return going_on(own, "broken posts", int(count), one)


def refusals_not_kept(own: Path, count: str) -> Result:
    """Rows that were refused are dropped in silence."""
    from madoguchi.residents.importing import run

    run.keep_refusals = lambda *_said: None  # type: ignore[attr-defined]  # the guard
    return broken_files(own, count)


def nothing_escaped(own: Path, count: str) -> Result:
    """What somebody typed is shown as it is."""
    from django.template import engines

    engines["django"].engine.autoescape = False  # type: ignore[attr-defined]  # Django's own engine has it
    return broken_posts(own, count)


def pages_for_problems() -> None:
    """An error of the public interface is answered by the framework's page."""
    from madoguchi.channels.api.problems import ProblemsAsData

    ProblemsAsData.__call__ = lambda self, request: self.get_response(request)  # type: ignore[method-assign]  # the guard


PROOF = Proof("P20", "Malformed input is never a server error and never half saved", quick, full, control)
