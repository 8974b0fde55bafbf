"""What every test may ask for: まどか市, its staff, procedures and residents; and honest counting.

Tests never read the clock: `NOW` is passed in. What cannot run here is counted, with how to get it.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from unittest import TestCase

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, TransactionTestCase
from hypothesis import settings as hypothesis
from tests import cast
from tests.browser_kit import AXE, NU, chromium, chromium_path, page, page_of  # noqa: F401  -- fixtures
from tests.snapshot import empty
from tests.standing import LANGUAGES, MADOKA, STANDING
from tools import migrated, voice
from tools.postgres import TO_GET_IT, binaries

from madoguchi.audit.entries import Actor
from madoguchi.booking.offering import Offer
from madoguchi.catalogue.operations import publish
from madoguchi.city.models import StaffMember
from madoguchi.config.memory import settle
from madoguchi.papers.fonts import Face, fonts
from madoguchi.procedures.loader import NATIONAL_FOLDER

REQUIRE_ALL = os.environ.get("MADOGUCHI_REQUIRE_ALL") == "1"
NEEDS: Mapping[str, tuple[Callable[[], bool], str]] = {
    "Chromium": (lambda: chromium_path() is not None, "apt-get install chromium"),
    "PostgreSQL": (
        lambda: bool(os.environ.get("MADOGUCHI_TEST_POSTGRES")) or binaries() is not None,
        TO_GET_IT,
    ),
    "zint": (lambda: shutil.which("zint") is not None, "apt-get install zint"),
    "IPAmj": (lambda: Face.NAMES in fonts(), "apt-get install fonts-ipamj-mincho"),
    "pdftoppm": (lambda: shutil.which("pdftoppm") is not None, "apt-get install poppler-utils"),
    "voice": (voice.there, voice.TO_GET_IT),
    "axe": (AXE.exists, "npm ci"),
    "java": (
        lambda: shutil.which("java") is not None and NU.exists(),
        "apt-get install default-jre-headless, then npm ci",
    ),
    "Spark": (
        lambda: shutil.which("java") is not None and find_spec("pyspark") is not None,
        "apt-get install default-jre-headless, then make spark",
    ),
}
ON_THE_OTHER = "MADOGUCHI_TESTS_ON_THE_OTHER"
# The folders whose tests take longest.
LONGEST = ("tests/journeys/", "tests/browser/", "tests/house/")
_not_run: dict[str, int] = {}


# How long something takes is measured by the benchmarks; a busy machine is no fault of an example.
hypothesis.register_profile("house", deadline=None)
hypothesis.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "needs(name): cannot run without this program; counted when it is not there"
    )
    config.addinivalue_line(
        "markers",
        "on_both: about the database itself (constraints, triggers, SQL of our own): on SQLite and PostgreSQL",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long first, after everything was shuffled; what opens the database, on the database that it is meant for.

    On PostgreSQL, only what opens it: the rest has been run with SQLite, and would be the same. Of the folder that
    `ON_THE_OTHER` names, what opens the database is left to the run on the other one, but for what is about databases.
    """
    items.sort(
        key=lambda one: next((n for n, part in enumerate(LONGEST) if part in one.nodeid), len(LONGEST))
    )
    postgresql = _on_postgresql()
    other = os.environ.get(ON_THE_OTHER)

    def here(one: pytest.Item) -> bool:
        if not _opens_the_database(one):
            return not postgresql
        return not (other and one.nodeid.startswith(other)) or _about_databases(one)

    elsewhere = [one for one in items if not here(one)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [one for one in items if here(one)]


def _opens_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    kind = getattr(item, "cls", None)
    if isinstance(kind, type) and issubclass(kind, TestCase):
        return True  # a state machine opens it by itself
    return item.get_closest_marker("django_db") is not None or not fixtures.isdisjoint(
        {"db", "transactional_db", "live_server", "django_db_setup"}
    )


def _about_databases(item: pytest.Item) -> bool:
    """Whether the two databases may well differ in it: what locks and commits, and what says so of itself."""
    opened = item.get_closest_marker("django_db")
    commits = opened is not None and (opened.kwargs.get("transaction") or any(opened.args))
    asks = not {"transactional_db", "live_server"}.isdisjoint(getattr(item, "fixturenames", ()))
    return bool(commits) or asks or item.get_closest_marker("on_both") is not None


def pytest_collection_finish() -> None:
    """What is loaded now stays to the end: as in a serving process, it is not looked through again and again."""
    settle()


def pytest_sessionfinish() -> None:
    gc.unfreeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        name = marker.args[0]
        there, to_get_it = NEEDS[name]
        if there():
            continue
        if REQUIRE_ALL:
            pytest.fail(f"needs {name}; to get it: {to_get_it}", pytrace=False)
        pytest.skip(f"needs {name}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    reason = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else ""
    if "needs " in reason:
        report.user_properties.append(("needs", reason.split("needs ", 1)[1]))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for name, value in report.user_properties:
        if name == "needs" and report.skipped:
            _not_run[str(value)] = _not_run.get(str(value), 0) + 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, count in sorted(_not_run.items()):
        tests = "test needs" if count == 1 else "tests need"
        terminalreporter.write_line(f"not run: {count} {tests} {name}; to get it: {NEEDS[name][1]}")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Whether the file that Django is given stays as it is, because it is a copy of a migrated one."""
    return _copied() is not None and not _on_postgresql()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """This worker's database begins as a copy of the migrated one, where the run has made one."""
    copied = _copied()
    if copied and _on_postgresql():
        settings.DATABASES["default"]["TEST"] = {
            **settings.DATABASES["default"].get("TEST", {}),
            "TEMPLATE": copied,
        }
    elif copied:
        shutil.copy(copied, settings.DATABASES["default"]["TEST"]["NAME"])


def _copied() -> str | None:
    return os.environ.get(migrated.VARIABLE)


def _on_postgresql() -> bool:
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("postgresql")


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_triggers() -> Iterator[None]:
    """Django empties the tables after a transactional test; append-only tables would refuse.

    The rows that Django makes after migrating (content types, permissions) are not made anew: nothing of ours reads them.
    """

    def teardown(self: TransactionTestCase) -> None:
        empty()

    plain = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = plain


@pytest.fixture(autouse=True)
def _nothing_cached() -> None:
    """Rate limits live in the cache; one test's sign-ins are not another's."""
    cache.clear()


@pytest.fixture
def city(db: None) -> Mapping[str, Actor]:
    """まどか市 set up, with its staff; the actors by sign-in name."""
    there: Mapping[str, Actor] = STANDING("city")
    return there


@pytest.fixture
def procedures(city: Mapping[str, Actor]) -> str:
    """The national procedures with まどか市's own laid over them, published; the revision."""
    return str(STANDING("procedures"))


@pytest.fixture
def procedures_in_languages(city: Mapping[str, Actor]) -> str:
    """The same with their texts in other languages; the revision."""
    return publish(folders=[NATIONAL_FOLDER, LANGUAGES, MADOKA], by=cast.SETTER, now=cast.NOW)


@pytest.fixture
def offered(city: Mapping[str, Actor]) -> Offer:
    """What まどか市 offers at its counters, set as its file says."""
    there: Offer = STANDING("offered")
    return there


@pytest.fixture
def residents(city: Mapping[str, Actor]) -> Mapping[str, str]:
    """The residents of the cast on the register, the protected one protected; 宛名番号 by role."""
    there: Mapping[str, str] = STANDING("residents")
    return there


@pytest.fixture
def signed_in(city: Mapping[str, Actor]) -> Callable[[str], Client]:
    """A browser in which this member of staff is signed in."""

    def browser(username: str) -> Client:
        client = Client()
        client.force_login(
            StaffMember.objects.get(username=username), "django.contrib.auth.backends.ModelBackend"
        )
        return client

    return browser
