"""The file of periods: read whole with every fault or not at all, and the command that sets it and shows the log."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from tests.rooms.disposal.planting import RULE, five_years

from madoguchi.audit.entries import Actor
from madoguchi.disposal.models import PeriodRow
from madoguchi.disposal.period_file import PeriodsRefused, read_periods, written
from madoguchi.disposal.periods import periods_now
from madoguchi.disposal.values import CountedFrom, Period, RecordClass

PERIODS = (five_years(), Period(RecordClass.TICKETS, 1, CountedFrom.DAY, RULE))


def file_of(folder: Path, text: str) -> Path:
    found = folder / "retention.toml"
    found.write_text(text, encoding="utf-8")
    return found


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    assert read_periods(file_of(tmp_path, written(PERIODS))) == PERIODS


GOOD = written(PERIODS)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (GOOD.replace("years = 5", "years = 0"), "1 から 100"),
        (GOOD.replace("years = 5", "years = 101"), "1 から 100"),
        (GOOD.replace("years = 5", 'years = "5"'), "0 以上の整数"),
        (GOOD.replace("years = 5\n", ""), "0 以上の整数"),
        (GOOD.replace(RULE, " "), "空でない文字"),
        (GOOD.replace(RULE, "長" * 201), "200字"),
        (GOOD.replace('"day"', '"week"'), "「week」は使えません"),
        (GOOD.replace('"tickets"', '"audit"'), "「audit」は使えません"),
        (GOOD.replace('"tickets"', '"counter_cases"'), "二度あります"),
        (GOOD + "\nkept = 1", "「kept」という項目はありません"),
        ("period = [", "retention.toml"),
    ],
)
def test_a_fault_is_said_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(PeriodsRefused) as refused:
        read_periods(file_of(tmp_path, text))
    assert any(sentence in fault for fault in refused.value.faults), refused.value.faults


def run(*words: object) -> str:
    out = io.StringIO()
    call_command("disposal", *map(str, words), stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_tries_sets_shows_and_lists(city: Mapping[str, Actor], tmp_path: Path) -> None:
    file = file_of(tmp_path, GOOD)
    assert "試しただけ" in run("apply", file, "--dry-run")
    assert periods_now() == {}
    assert run("due").count("定めなし") == len(RecordClass)
    assert "定めなし → 5年" in run("apply", file)
    assert tuple(periods_now().values()) == PERIODS
    assert run("show") == GOOD
    assert "変わるところはありません" in run("apply", file)
    assert PeriodRow.objects.count() == 2
    assert "廃棄予定 0 件" in run("due", "--on", "2100-01-01")
    assert "まだありません" in run("log")
    assert "0 件を消しました" in run("run")
    with pytest.raises(CommandError, match="廃棄の伺いはありません"):
        run("list", 1, "--out", tmp_path / "x.csv")
    with pytest.raises(CommandError, match="何も設定していません"):
        run("apply", file_of(tmp_path, "x = 1"))
