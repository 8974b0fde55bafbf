"""Several people doing something in the same moment, each on a database connection of their own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection


def together(*acts: Callable[[], object]) -> list[BaseException | None]:
    """Do all acts at once, each on a connection of its own; what each was told."""
    start = Barrier(len(acts))
    told: list[BaseException | None] = [None] * len(acts)

    def run(n: int, act: Callable[[], object]) -> None:
        try:
            start.wait(timeout=30)
            act()
        except Exception as error:  # whatever it is, the test looks at it below
            told[n] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return told
