"""The real settings, with a fast password hash and a key of the test's own."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("MADOGUCHI_HOME", tempfile.mkdtemp(prefix="madoguchi-test-"))
os.environ.setdefault("MADOGUCHI_SECRET_KEY", "only-for-tests")

from madoguchi.config.settings import *  # noqa: F403  -- Django's way to derive settings; the environment comes first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A served file is looked for when it is asked for: every new client of a test would else read all of them again (70 ms).
WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405  -- from the settings above
    # In a file, as in the office: a database in memory knows neither WAL nor waiting for another writer.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}  # noqa: F405  -- from the settings above
