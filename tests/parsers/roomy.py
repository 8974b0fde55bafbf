"""How the parsers that stand in rooms are called: Django is set up, and no database is asked."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tests.parsers.plain import TODAY, _national, lines_of, text_of

NOW = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)
KEY = bytes(range(32))


def from_file(read: Callable[[Path], object], data: bytes, name: str) -> object:
    """What is read from a file of that name with these bytes."""
    with tempfile.TemporaryDirectory(dir=_quick_folder()) as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return read(path)


@cache
def _quick_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


@cache
def _mapping() -> Any:
    from madoguchi.residents.importing.mapping import load_mapping

    return load_mapping("core-example")


def register_file(data: bytes) -> object:
    from madoguchi.residents.importing.entries import EntryReader
    from madoguchi.residents.importing.mapping import load_mapping
    from madoguchi.residents.importing.reading import open_file

    mapping = _mapping() if data[:1] == b"\xff" else load_mapping("standard")
    opened = open_file(io.BytesIO(data.removeprefix(b"\xff")), mapping)
    reader = EntryReader(mapping, opened.heading, TODAY)
    return [reader.entry(row) for row in opened.rows]


def gifts_file(data: bytes) -> object:
    from madoguchi.furusato.mapping import gift_mapping
    from madoguchi.furusato.taking_in import _Refused, _Run
    from madoguchi.residents.importing.reading import open_file

    mapping = gift_mapping("standard")
    opened = open_file(io.BytesIO(data), mapping)
    run, found = _Run(opened, mapping, NOW), []
    for row in opened.rows:
        if row.fault is not None:
            continue
        try:
            found.append(run._values(row))
        except _Refused as refused:
            found.append(str(refused))
    return found


def mapping_file(data: bytes) -> object:
    from madoguchi.residents.importing.mapping import load_mapping

    return from_file(lambda path: load_mapping(str(path)), data, "対応表.toml")


def staff_file(data: bytes) -> object:
    from madoguchi.city.staff_rows import Places, read_staff_file, staff_of

    def read(path: Path) -> object:
        rows, faults = read_staff_file(path)
        return staff_of(rows, places=Places({"市民課": "citizens"}, {})), faults

    return from_file(read, data, "職員.csv")


def city_plan(data: bytes) -> object:
    from madoguchi.city.plan_file import asked_by, read_plan

    return from_file(lambda path: read_plan(path, catalogue=asked_by(_national())), data, "city.toml")


def reception_plan(data: bytes) -> object:
    from madoguchi.booking.plan_file import read_reception

    return from_file(lambda path: read_reception(path, places=_places(), on=TODAY), data, "reception.toml")


@cache
def _places() -> Any:
    """What まどか市 has."""
    from tests.parsers.seeds import ROOT

    from madoguchi.booking.plan_file import ReceptionPlaces
    from madoguchi.city.plan_file import asked_by, read_plan

    plan = read_plan(ROOT / "src/madoguchi/config/madoka.toml", catalogue=asked_by(_national()))
    desks = {one.key: frozenset(one.desks) for one in plan.branches}
    return ReceptionPlaces(desks, frozenset(_national().departments))


def snapshots(data: bytes) -> object:
    """The first byte says what the file is called."""
    from madoguchi.booking.waits.snapshots import read_snapshots

    name = ("queue.csv", "queue.csv.gz", "queue.parquet")[data[0] % 3 if data else 0]
    return from_file(read_snapshots, data[1:], name)


def oversight_rules(data: bytes) -> object:
    from madoguchi.insight.oversight.rules import read_rules

    return from_file(read_rules, data, "rules.toml")


def towns(data: bytes) -> object:
    from madoguchi.residents.places import _read

    return from_file(_read.__wrapped__, data, "towns.csv")


def sheet_definition(data: bytes) -> object:
    from madoguchi.papers.definition_file import read_sheet

    return from_file(read_sheet, data, "sheet.toml")


def sheet_data(data: bytes) -> object:
    """What `madoguchi sheet` reads beside the situation."""
    from madoguchi.papers.commands.sheet import _read
    from madoguchi.papers.situation_sheets import read_sheet_part

    return from_file(lambda path: read_sheet_part(_read(path)), data, "世帯.json")


def pack_zip(data: bytes) -> object:
    from madoguchi.catalogue.drafts.files import from_zip, name_of

    layer = from_zip(data)
    return layer, name_of(layer)


def text_book(data: bytes) -> object:
    from tests.unit.procedures.club import FOLDER

    from madoguchi.catalogue.drafts.text_book import take_text_book
    from madoguchi.procedures.loader import load_pack, read_folder

    layers = [{name: one.decode() for name, one in read_folder(FOLDER).items()}, {}]
    return take_text_book(stream=io.BytesIO(data), pack=load_pack(FOLDER), layers=layers)[1]


def survey(data: bytes) -> object:
    from madoguchi.catalogue.inventory.survey_file import open_survey

    opened = open_survey(io.BytesIO(data))
    return opened.layout, list(opened.rows)


def city_list(data: bytes) -> object:
    from madoguchi.catalogue.inventory.city_book import _headed, _sheet_rows
    from madoguchi.catalogue.inventory.city_entries import entry_from

    heading, rows = _headed(_sheet_rows(io.BytesIO(data)))
    return [entry_from(dict(zip(heading, [*row.cells, *[""] * len(heading)], strict=False))) for row in rows]


def arrivals(data: bytes) -> object:
    from madoguchi.booking.levelling.history import _came, _headed, _rows

    heading, rows = _headed(_rows(io.BytesIO(data)))
    padded = (dict(zip(heading, [*row.cells, *[""] * len(heading)], strict=False)) for row in rows)
    return [_came(one, {"住民異動": "moves"}, today=TODAY) for one in padded]


def receiving_list(data: bytes) -> object:
    from madoguchi.outreach.receiving import read_list

    return read_list(io.BytesIO(data))


def attached(data: bytes) -> object:
    from madoguchi.cases.from_home.file_kinds import kind_of

    return kind_of(data)


def language(data: bytes) -> object:
    from django.test import RequestFactory

    from madoguchi.channels.shared.languages import asked

    header, wanted = (one.decode("latin-1") for one in (data.partition(b"\n")[0], data.partition(b"\n")[2]))
    request = RequestFactory().get("/", HTTP_ACCEPT_LANGUAGE=header)
    request.GET = request.GET.copy()
    request.GET["language"] = wanted
    return asked(request)


def codes(data: bytes) -> object:
    """Every number that is typed or stands in a QR code: of what was prepared, of a letter, a gift, a paper, a head."""
    from madoguchi.cases.prepared_code import read_code
    from madoguchi.cases.rulings.checking import _plain
    from madoguchi.channels.shared.fields import whole_number
    from madoguchi.furusato.opening import plain_code, plain_number
    from madoguchi.outreach import letter_code

    text = text_of(data)
    return (
        read_code(text),
        letter_code.read(text),
        plain_number(text),
        plain_code(text),
        _plain(text),
        whole_number(text),
    )


def paper_head(data: bytes) -> object:
    from madoguchi.audit.paper_head import read_head

    return read_head(text_of(data))


def keys_pressed(data: bytes) -> object:
    from django.http import QueryDict

    from madoguchi.channels.kiosk.find_keys import pressed

    held = pressed(QueryDict(data), today=TODAY)
    return None if held is None else (held.as_fields(), held.said, held.parts)


def api_body(data: bytes) -> object:
    from django.test import RequestFactory

    from madoguchi.channels.api.situation_body import read_body
    from madoguchi.jp.open_days import OpenDays
    from madoguchi.procedures.commands.decide import answered, as_json

    request = RequestFactory().post("/", data, content_type="application/json")
    return as_json(answered(_national(), read_body(request, _national()), on=TODAY, open_days=OpenDays())[1])


def strokes(data: bytes) -> object:
    from madoguchi.channels.counter.views_closing import _strokes

    return _strokes(text_of(data))


def days_asked(data: bytes) -> object:
    from madoguchi.channels.shared.month import day_asked, month_asked

    return day_asked(text_of(data)), month_asked(text_of(data), TODAY, TODAY + timedelta(days=90))


def tracker_moment(data: bytes) -> object:
    from datetime import time

    from django.http import QueryDict
    from django.test import RequestFactory

    from madoguchi.channels.online.views_tracker import _count, _moment

    request = RequestFactory().get("/")
    request.GET = QueryDict(mutable=True)
    request.GET.update(dict(zip(("since", "count"), lines_of(data, 2), strict=True)))
    return _moment(request, "since", time.min), _count(request, "count", 1)


def database_url(data: bytes) -> object:
    from madoguchi.config.database import database_settings

    return database_settings(text_of(data), home=Path("/var"))


def setting_numbers(data: bytes) -> object:
    from madoguchi.config.said import address, number, two_wholes, whole

    kind = data[0] % 4 if data else 0
    return (whole, number, two_wholes, address)[kind]("設定", text_of(data[1:]))


def field_keys(data: bytes) -> object:
    from madoguchi.city.at_rest import read_keys

    return read_keys(text_of(data))
