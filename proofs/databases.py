"""On which databases a promise is shown: a function run on one of them, in processes of its own with Django set up.

`on(url, own, function, "4711")` is `function(own, "4711")` in a new process; `processes=4` is four at the same moment, whose results
are added. A control hands over a function that takes the guard out first.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import reduce
from operator import add
from pathlib import Path

from tools.postgres import TO_GET_IT, binaries, temporary_cluster

from proofs.frame import NotHere, Result
from proofs.kept import ROOT


def sqlite(own: Path, name: str = "proof") -> str:
    """The URL of a file in this folder, which stays there."""
    return f"sqlite:///{(own / f'{name}.sqlite3').resolve()}"


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a cluster of its own, gone afterwards. Raises NotHere without PostgreSQL."""
    if binaries() is None:
        raise NotHere(f"needs PostgreSQL; to get it: {TO_GET_IT}")
    with temporary_cluster() as url:
        yield url


def on(url: str, own: Path, function: Callable[..., Result], *words: object, processes: int = 1) -> Result:
    """The result of a module's function on this database, called with the folder and these words as strings.

    With several processes, each is told its number as the last word. Raises RuntimeError when one ended without a result.
    """
    name = f"{function.__module__}:{function.__qualname__}"
    told = [own / f".told-{number}.json" for number in range(processes)]
    for one in told:
        one.unlink(missing_ok=True)
    environment = {
        **os.environ, "MADOGUCHI_HOME": str(own), "MADOGUCHI_DATABASE_URL": url, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings_test"),
    }  # fmt: skip
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    running = []
    for number, file in enumerate(told):
        more = [str(one) for one in words] + ([str(number)] if processes > 1 else [])
        command = [sys.executable, "-m", "proofs.databases", str(file), str(own), name, *more]
        running.append(subprocess.Popen(command, cwd=ROOT, env=environment))
    for process in running:
        process.wait()
    if not all(one.exists() for one in told):
        raise RuntimeError(f"{name} ended without a result; see the log")
    return reduce(add, (Result(**json.loads(one.read_text())) for one in told))


def main(argv: list[str]) -> int:
    """Call the function that is named, on the database that the environment names."""
    import django

    file, own, name, *words = argv
    django.setup()
    module, _, function = name.partition(":")
    result: Result = getattr(importlib.import_module(module), function)(Path(own), *words)
    Path(file).write_text(json.dumps(asdict(result), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
