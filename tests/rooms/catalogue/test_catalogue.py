"""A published revision stays as it was; one revision is current; an old case is decided by its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from madoguchi.audit.append_only import lifted
from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.catalogue import queries
from madoguchi.catalogue.models import CurrentRow, RevisionRow
from madoguchi.catalogue.operations import go_back_to, publish
from madoguchi.procedures.loader import PackErrors, load_pack

pytestmark = pytest.mark.django_db
CLUB = Path(__file__).parents[2] / "unit" / "procedures" / "library_club"
BY = Actor(3, "田中 推進", "main", "")
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    queries.pack_of.cache_clear()
    yield
    queries.pack_of.cache_clear()


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The same pack with another name."""
    folder = tmp_path / "club"
    shutil.copytree(CLUB, folder)
    pack = folder / "pack.toml"
    pack.write_text(pack.read_text().replace('name = "', 'name = "新しい'))
    return folder


def published(*folders: Path, days: int = 0) -> str:
    return publish(folders=folders, by=BY, now=NOW + timedelta(days=days))


def test_what_is_published_is_what_was_in_the_folder() -> None:
    revision = published(CLUB)
    assert revision == load_pack(CLUB).revision == queries.current_revision()
    assert [one.id for one in queries.pack_of(revision).procedures] == [
        one.id for one in load_pack(CLUB).procedures
    ]
    assert queries.current() is queries.pack_of(revision)
    assert queries.parameters() == load_pack(CLUB).parameter_values()


def test_an_older_revision_stays_and_can_be_current_again(changed: Path) -> None:
    old, new = published(CLUB), published(changed, days=1)
    assert (queries.current_revision(), queries.pack_of(old).name) == (new, load_pack(CLUB).name)
    assert [one.revision for one in queries.revisions()] == [new, old]
    go_back_to(revision=old, by=BY, now=NOW)
    assert queries.current_revision() == old
    assert CurrentRow.objects.count() == 1
    assert published(changed, days=2) == new == queries.current_revision()
    assert EntryRow.objects.filter(activity="catalogue_published").count() == 4


def test_publishing_the_current_revision_again_changes_nothing() -> None:
    published(CLUB)
    published(CLUB, days=1)
    (one,) = queries.revisions()
    assert one.published_at == NOW
    assert EntryRow.objects.filter(activity="catalogue_published").count() == 1


def test_a_wrong_pack_is_refused_with_every_fault_and_stores_nothing(changed: Path) -> None:
    (changed / "departments.toml").write_text("")
    (changed / "club-card.toml").write_text('id = "club-card"\n')
    with pytest.raises(PackErrors) as refused:
        published(changed)
    assert len(refused.value.errors) > 1
    assert not RevisionRow.objects.exists()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackErrors, match="フォルダーがありません"):
        published(CLUB, tmp_path / "nowhere")


@pytest.mark.parametrize(
    "statement", ["UPDATE catalogue_revisionrow SET note = 'x'", "DELETE FROM catalogue_revisionrow"]
)
def test_the_database_refuses_to_change_a_published_revision(statement: str) -> None:
    published(CLUB)
    with (
        pytest.raises(DatabaseError, match="書き足すだけ"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_sqlite_cannot_put_another_content_under_a_revision() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is of SQLite")
    revision = published(CLUB)
    with (
        pytest.raises(DatabaseError, match="書き足すだけ"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT OR REPLACE INTO catalogue_revisionrow "
            "(revision, folders, published_at, published_by, note) VALUES (%s, '[]', '2026-11-24', '', '')",
            [revision],
        )


def test_there_is_one_current_revision() -> None:
    published(CLUB)
    with pytest.raises(IntegrityError), transaction.atomic():
        CurrentRow.objects.create(revision=RevisionRow.objects.get())
    with pytest.raises(IntegrityError), transaction.atomic():
        CurrentRow.objects.create(revision=RevisionRow.objects.get(), only=False)


def test_a_content_changed_behind_the_back_is_not_decided_by() -> None:
    revision = published(CLUB)
    with lifted(connection):
        row = RevisionRow.objects.get()
        row.folders[0]["pack.toml"] = row.folders[0]["pack.toml"].replace('name = "', 'name = "別の')
        row.save()
    with pytest.raises(queries.RevisionDamaged, match=revision):
        queries.current()


def test_nothing_published_says_what_to_do() -> None:
    with pytest.raises(queries.NothingPublished, match="catalogue publish"):
        queries.current()
    with pytest.raises(LookupError, match="0123456789ab"):
        queries.pack_of("0123456789ab")


def test_a_revision_is_read_once(django_assert_num_queries: Callable[..., object]) -> None:
    revision = published(CLUB)
    queries.pack_of(revision)
    with django_assert_num_queries(0):
        queries.pack_of(revision)


def test_the_command_publishes_lists_and_goes_back(changed: Path) -> None:
    out = StringIO()
    call_command("catalogue", "publish", str(CLUB), stdout=out)
    call_command("catalogue", "publish", str(changed), stdout=out)
    old = load_pack(CLUB).revision
    call_command("catalogue", "back", old, stdout=out)
    call_command("catalogue", "list", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == f"公開しました。版: {old}"
    assert [line[0] for line in lines[-2:]] == ["　", "＊"]


def test_the_command_names_every_fault_and_fails(changed: Path) -> None:
    (changed / "club-card.toml").write_text('id = "club-card"\n')
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("catalogue", "publish", str(changed), stderr=err)
    assert ended.value.code == 1
    assert "公開していません" in err.getvalue()


def test_the_command_asks_for_one_revision() -> None:
    with pytest.raises(CommandError, match="もどす版をひとつ"):
        call_command("catalogue", "back")
    with pytest.raises(CommandError, match="madoguchi catalogue list"):
        call_command("catalogue", "back", "0123456789ab")
