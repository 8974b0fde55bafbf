"""P14: every cell of who × address × method answers as docs/authority.csv says, and an address that is not in it fails.

Who: each role and none, at two branches, in two departments, a resident, and nobody; all addresses; eight methods. Of a
department's tasks one of another department is asked for too; what belongs to residents is P13 and `test_nobody_elses`. The
controls: a role holds one authority more, any method reaches a view, a department opens another's tasks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from proofs.frame import Proof, Result, weakest
from proofs.tested import tested

FILE = "tests/house/test_authority_table.py"
CELLS = f"{FILE}::test_cells_of_the_matrix_answer_as_the_table_says"


def quick(own: Path) -> Result:
    return tested(own, FILE)


def full(own: Path) -> Result:
    return tested(own, f"{CELLS}[all]", which="slow") + tested(own, FILE)


def control(own: Path) -> Result:
    lost = [tested(own, f"{CELLS}[some]", without=one) for one in (one_more, any_method, any_department)]
    names = ("one authority more", "any method", "any department")
    return weakest(*(Result(one.n, one.losses, name) for one, name in zip(lost, names, strict=True)))


def one_more() -> None:
    """Clerks hold what the systems section holds."""
    from madoguchi.city.authority import HOLDS, Role

    HOLDS[Role.CLERK] = HOLDS[Role.CLERK] | HOLDS[Role.SYSTEMS]


def any_method() -> None:
    from madoguchi.city import gate

    gate.METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")  # type: ignore[assignment]  # the guard


def any_department() -> None:
    """A task is found whoever asks for it."""
    from madoguchi.cases import queries
    from madoguchi.cases.models import TaskRow

    careful: Any = queries.task_view

    def careless(*, task: int, departments: Any) -> Any:
        return careful(task=task, departments=set(TaskRow.objects.values_list("department", flat=True)))

    queries.task_view = careless


PROOF = Proof(
    "P14",
    "The matrix of authority is exhaustive",
    quick,
    full,
    control,
    limits="Things that are not there stand for things of most addresses; fields are shown by test_need_to_know, not by this matrix.",
)
