"""Packs: all faults at once, a city's folder over the national one, a revision that follows the content."""

from copy import deepcopy
from pathlib import Path

import pytest
from tests.unit.procedures.club import FOLDER, club, files_with, procedure_text

from madoguchi.procedures.lint import lint
from madoguchi.procedures.loader import PackErrors, load_files, load_pack, read_folder
from madoguchi.procedures.tables import Source, read_source


def faults(files: dict[str, bytes]) -> list[str]:
    with pytest.raises(PackErrors) as caught:
        load_files(files)
    assert all(error.message and error.remedy for error in caught.value.errors)
    return [str(error) for error in caught.value.errors]


def test_the_club_loads() -> None:
    pack = club()
    assert [procedure.id for procedure in pack.procedures] == ["club-card", "club-child-aid"]
    assert pack.id == "library-club"
    assert pack.prompts["who-moves"].order == 1
    assert pack.procedure("club-card").verified.source == "図書クラブ規約(架空)"
    assert len(pack.revision) == 12


def test_every_fault_is_told_at_once_with_its_line() -> None:
    broken = (FOLDER / "club-card.toml").read_text()
    broken = broken.replace('department = "library"', 'department = "libary"')
    broken = broken.replace('sheet = "club-card"', 'sheet = "no-such-sheet"')
    broken = broken.replace('law_id = "L01"', 'law_id = "first"')
    broken = broken.replace("fee_yen = 0", "fee_yne = 0")
    broken = broken.replace("person.card != 'none'", "person.card != 'nothing'")
    found = faults(read_folder(FOLDER) | {"club-card.toml": broken.encode()})
    rows = broken.splitlines()

    def line(text: str) -> int:
        return next(number for number, row in enumerate(rows, start=1) if text in row)

    expected = {
        f"club-card.toml {line('libary')}行目 department",
        f"club-card.toml {line('no-such-sheet')}行目 sheet",
        f"club-card.toml {line('first')}行目 law_id",
        f"club-card.toml {line('fee_yne')}行目 fee_yne",
        f"club-card.toml {line('nothing')}行目 bring.1.when",
    }
    assert {fault.split(":")[0] for fault in found} == expected
    assert any("「fee_yen」ではありませんか" in fault for fault in found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("since = 2000-01-01\n", ""), "施行日がありません"),
        (("since = 2000-01-01", 'since = "2000"'), "日付ではありません"),
        (
            ("since = 2000-01-01", "since = 2000-01-01\nuntil = 1999-01-01"),
            "終わりの日が始まりの日より前です",
        ),
        (('events = ["move_in"]', 'events = ["moving"]'), "「moving」という異動はありません"),
        (("law = ", "lwa = "), "必要な項目がありません"),
    ],
)
def test_a_procedure_with_a_fault_is_refused(change: tuple[str, str], says: str) -> None:
    text = procedure_text("person.moves").replace(*change)
    assert any(says in fault for fault in faults(files_with(rule=text)))


@pytest.mark.parametrize(
    ("example", "says"),
    [
        ('people = [{ id = "p1", birth_day = 2000-01-01 }]', "「birth_date」ではありませんか"),
        ('people = [{ id = "p1" }, { id = "p1" }]', "二度使われています"),
        ('people = [{ id = "p1", card = "gold" }]', "次のいずれかにしてください: none、child、adult"),
        ('people = [{ id = "p2" }]', "「p1」はこの例の対象ではありません"),
    ],
)
def test_an_example_with_a_fault_is_refused(example: str, says: str) -> None:
    text = (
        procedure_text("person.moves")
        + f"""
[[example]]
name = "例"
on = 2026-11-09
event = {{ kind = "move_in" }}
{example}
expect = {{ p1 = "must" }}
"""
    )
    assert any(says in fault for fault in faults(files_with(rule=text)))


def test_a_file_that_is_not_toml_is_told_with_its_line() -> None:
    found = faults(read_folder(FOLDER) | {"club-card.toml": b'id = "club-card"\nname = \n'})
    assert any(fault.startswith("club-card.toml 2行目") for fault in found)


def test_two_procedures_may_not_share_an_id() -> None:
    text = procedure_text("person.moves").encode()
    found = faults(files_with() | {"rule.toml": text, "other.toml": text})
    assert any("でも使われています" in fault for fault in found)


def test_a_city_overlays_parameters_texts_and_procedures(tmp_path: Path) -> None:
    (tmp_path / "parameters.toml").write_text('[[parameter]]\nname = "child_age"\nvalue = 15\n')
    (tmp_path / "club-card.toml").write_text('name = "わが町の図書カード"\n')
    (tmp_path / "departments.toml").write_text('[[department]]\nkey = "library"\nname = "わが町の図書館"\n')
    pack = load_pack(FOLDER, tmp_path)
    assert pack.parameters["child_age"].value == 15
    assert pack.parameters["child_age"].unit == "years"
    assert pack.procedure("club-card").name == "わが町の図書カード"
    assert pack.procedure("club-card").law == club().procedure("club-card").law
    assert pack.departments["library"].name == "わが町の図書館"
    assert pack.revision != club().revision


def test_the_revision_follows_content_and_not_layout() -> None:
    files = read_folder(FOLDER)
    spaced = files | {"club-card.toml": b"# a comment\n\n" + files["club-card.toml"]}
    changed = files | {"club-card.toml": files["club-card.toml"].replace(b"days = 14", b"days = 15")}
    changed = changed | {
        "club-card.toml": changed["club-card.toml"].replace(b"deadline = { p1 = 2026-11-19 }", b"")
    }
    assert load_files(files).revision == load_files(dict(reversed(files.items()))).revision
    assert load_files(spaced).revision == load_files(files).revision
    assert load_files(changed).revision != load_files(files).revision


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackErrors, match="フォルダーがありません"):
        load_pack(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("written", "verified", "source"),
    [
        ("unverified", False, ""),
        ("?", False, "?"),
        ("2026-11-23 市の案内", True, "市の案内"),
        ("S: KUWANA", True, "S: KUWANA"),
    ],
)
def test_verification_is_read(written: str, verified: bool, source: str) -> None:
    text = procedure_text("person.moves", more=f'verified = "{written}"')
    found = load_files(files_with(rule=text)).procedures[0].verified
    assert (found.verified, found.source) == (verified, source)


def test_what_is_read_once_is_changed_by_nobody() -> None:
    """A file's values are shared by all packs that it is in: loading, deciding by and linting one leave them as they were."""
    files = read_folder(FOLDER)
    read = {file: read_source(file, content) for file, content in files.items()}
    before = {file: deepcopy(one.values) for file, one in read.items() if isinstance(one, Source)}
    for addition in (b"", b"\n# said otherwise\n"):
        pack = load_files(files | {"pack.toml": files["pack.toml"] + addition})
        assert list(lint(pack)) == []
    assert {file: read_source(file, files[file]) for file in before} == {file: read[file] for file in before}
    assert {file: one.values for file, one in read.items() if isinstance(one, Source)} == before
