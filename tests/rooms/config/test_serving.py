"""A serving process: whoever comes first does not wait for what could have been loaded before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CODE = """
from django.urls import get_resolver
from madoguchi.config import memory
loaded = []
def settle():
    import sys
    loaded.extend(sys.modules)
memory.settle = settle
import madoguchi.config.wsgi
before = set(loaded)
def views(patterns):
    for one in patterns:
        yield from views(one.url_patterns) if hasattr(one, "url_patterns") else [one.callback.__module__]
missing = sorted({name for name in views(get_resolver().url_patterns)} - before)
assert before and not missing, missing
"""


def test_every_address_is_loaded_before_what_stands_is_set_aside_and_without_a_database(
    tmp_path: Path,
) -> None:
    given = os.environ | {
        "MADOGUCHI_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "madoguchi.config.settings",
    }
    given.pop("MADOGUCHI_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CODE], env=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
