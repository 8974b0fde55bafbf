"""What a parser is tried with first: good inputs, as the product's own writers make them where there are some."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "madoguchi"


def said(*texts: str | bytes) -> Callable[[], Iterable[bytes]]:
    """These texts."""
    return lambda: [one.encode() if isinstance(one, str) else one for one in texts]


def of_file(*places: str, before: bytes = b"") -> Callable[[], Iterable[bytes]]:
    """What stands in these files of the repository."""
    return lambda: [before + (ROOT / one).read_bytes() for one in places]


def json_of(*values: Any, before: bytes = b"") -> Callable[[], Iterable[bytes]]:
    """These values as JSON."""
    return lambda: [before + json.dumps(one, ensure_ascii=False).encode() for one in values]


def table(heading: Iterable[str], *rows: Iterable[Any]) -> bytes:
    """A CSV file."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([heading, *rows])
    return out.getvalue().encode()


def book(title: str, heading: Iterable[str], *rows: Iterable[Any]) -> bytes:
    """An xlsx file."""
    from madoguchi.spreadsheets.writing import PageOut, workbook_of

    return workbook_of([PageOut(title, list(heading), [list(one) for one in rows])])


def tables(
    heading: tuple[str, ...], *rows: tuple[Any, ...], title: str = "表"
) -> Callable[[], Iterable[bytes]]:
    """The same table as CSV in both encodings, as TSV and as xlsx."""

    def made() -> Iterable[bytes]:
        plain = table(heading, *rows)
        yield plain
        yield plain.decode().encode("cp932", "replace")
        yield plain.replace(b",", b"\t")
        yield book(title, heading, *rows)

    return made


RESIDENT = {
    "宛名番号": "0000012346", "氏名": "山田 太郎", "フリガナ": "ヤマダ タロウ", "生年月日": "昭和59年5月2日", "性別": "男", "続柄": "世帯主",
    "世帯番号": "0000012346", "郵便番号": "123-4567", "住所": "本町1-2-3", "住民区分": "日本人", "異動日": "令和8年4月1日",
}  # fmt: skip


def residents() -> Iterable[bytes]:
    yield from tables(tuple(RESIDENT), tuple(RESIDENT.values()), ("1", 'a"b', *[""] * 9))()
    from tests.rooms.residents.malformed import case

    found = 0
    for number in range(60):
        data = case(number).data
        if len(data) <= 4096:
            yield data
            found += 1
        if found >= 12:
            return


def snapshots() -> Iterable[bytes]:
    plain = table(
        ("time", "office", "queue", "waiting", "desks", "last_called", "service_minutes"),
        ("2026-11-09 09:15", "本庁", "A", "3", "2", "A012", "8.5"), ("1762646400", "", "A", "x", "2", "-", ""),
    )  # fmt: skip
    yield b"\x00" + plain
    yield b"\x01" + gzip.compress(plain)
    yield b"\x02" + parquet(
        {"time": ["2026-11-09T09:15"], "queue": ["A"], "waiting": [1], "desks": [1], "last_called": ["3"]}
    )


def parquet(columns: dict[str, list[Any]]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out, compression="none")
    return out.getvalue()


def surveys() -> Iterable[bytes]:
    from madoguchi.catalogue.inventory.survey_columns import SurveyColumn

    heading = tuple(one.value for one in SurveyColumn)
    row = tuple("1" if one.value != "手続名" else "届出" for one in SurveyColumn)
    yield from tables(heading, row)()
    yield parquet({one: ["1"] for one in heading})


def zips() -> Iterable[bytes]:
    import zipfile

    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", compression) as archive:
            archive.writestr("city/pack.toml", 'id = "city"\nname = "市"\n')
            archive.writestr("city/README.md", "x")
        yield out.getvalue()


def text_books() -> Iterable[bytes]:
    from tests.unit.procedures.club import FOLDER

    from madoguchi.catalogue.drafts.text_book import text_book
    from madoguchi.procedures.loader import load_pack, read_folder

    layers = [{name: one.decode() for name, one in read_folder(FOLDER).items()}, {}]
    yield text_book(load_pack(FOLDER), layers)


def pictures() -> Iterable[bytes]:
    from PIL import Image

    for kind, mode in (("PNG", "RGB"), ("JPEG", "RGB"), ("PNG", "P"), ("GIF", "P")):
        out = io.BytesIO()
        Image.new(mode, (4, 3)).save(out, kind)
        yield out.getvalue()
    yield b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<<>>\n%%EOF\n"
    yield b"%PDF-1.4\n/JavaScript\n%%EOF\n"


def sealed() -> Iterable[bytes]:
    from tests.parsers.roomy import NOW

    from madoguchi.cases.sealed import seal

    yield seal({"a": ["あ", 1]}, purpose="fuzz", now=NOW).encode()
    yield b"AAAA"


def sealed_inside() -> Iterable[bytes]:
    import zlib

    for one in (b'[1762650000,{"a":1}]', b"[1]", b'["x",1]', b"[1e99,1]", b"[-99999999999,1]"):
        yield zlib.compress(one, 0)


def at_rest() -> Iterable[bytes]:
    from madoguchi.city.at_rest import shut

    yield shut("abc", purpose="fuzz").encode()
    yield from (b"mdg1.0.AAAA", b"mdg1.", b"mdg1.1.", b"plain")


def shut_files() -> Iterable[bytes]:
    from tests.parsers.roomy import KEY

    from madoguchi.config.keeping.shutting import MARK, shut

    out = io.BytesIO()
    shut(io.BytesIO(b"abc"), out, key=KEY)
    yield out.getvalue()
    yield MARK


def tokens() -> Iterable[bytes]:
    from joserfc import jws
    from tests.parsers.roomy import NOW
    from tests.signing import keys_of_tests

    moment = int(NOW.timestamp())
    told = {
        "iss": "https://id.example",
        "sub": "s",
        "aud": "madoka",
        "nonce": "n",
        "iat": moment,
        "exp": moment + 60,
    }
    claims = json.dumps(told).encode()
    yield claims
    yield jws.serialize_compact({"alg": "RS256"}, claims, keys_of_tests()[0], algorithms=["RS256"]).encode()
    yield b"eyJhbGciOiJub25lIn0.e30."


def identity_answers() -> Iterable[bytes]:
    from tests.signing import keys_of_tests

    key = dict(keys_of_tests()[0].as_dict(private=False))
    yield b"k" + json.dumps({"keys": [key]}).encode()
    yield b'k{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},{"kty":"oct","k":"AA"}]}'
    ours = "https://id.example"
    yield b"a" + json.dumps({
        "issuer": ours, "authorization_endpoint": f"{ours}/a", "token_endpoint": f"{ours}/t", "userinfo_endpoint": f"{ours}/u",
        "jwks_uri": f"{ours}/k", "authorization_response_iss_parameter_supported": True,
    }).encode()  # fmt: skip
    yield (
        b"f"
        + json.dumps(
            {
                "name": "山田",
                "address": {"formatted": "まどか市本町1"},
                "birthdate": "1984-05-02",
                "gender": "male",
            }
        ).encode()
    )


MAIL = b"""From: a@example.jp
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

x
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.jp

Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: <0123456789abcdef01234567@example.jp>

y
--b--
"""
HOUSEHOLD = {
    "event": {"kind": "move_in", "move_date": "2026-11-05", "planned_move_out_date": "2026-10-25"},
    "notified_on": "2026-11-09", "claimant": "p1",
    "people": [
        {"id": "p1", "birth_date": "1984-05-02", "relationship": "世帯主", "health_insurance": "none", "income_yen": 5},
        {"id": "p3", "birth_date": {"text": "不詳", "earliest": "2018-01-01", "latest": "2018-12-31"}, "relationship": "子"},
    ],
    "relations": [{"kind": "parent", "of": "p3", "is": "p1"}],
}  # fmt: skip
RECORD = {
    "session": "s1", "reference": "P-1", "phase": "captured",
    "moved": [{"move": "capture", "key": "", "yen": 300, "on": "2026-11-09"}, {"move": "refund", "key": "k", "yen": 1, "on": "2026-11-09"}],
}  # fmt: skip
CASE = {
    "public_id": "c", "branch": "main", "desk": "d", "day": "2026-11-09", "sequence": 1, "number": "A001", "code": "x", "event_kind": "birth",
    "channel": "counter", "revision": "r", "language": "ja", "ticket": "", "notified_on": "2026-11-09",
    "opened_at": "2026-11-09T10:00:00+09:00", "opened_by": 1, "opened_by_name": "n",
}  # fmt: skip
ACT = {
    "case": "c", "number": 1, "kind": "answer", "prompt": "p", "at": "2026-11-09T10:00:00+09:00", "by": 1, "by_name": "n", "undoes": None,
    "facts": [{"key": "k", "subject": "p1", "value": 1, "source": "s", "as_of": "2026-11-09", "reason": ""}],
    "people": [{"ref": "p1", "resident_no": "1", "staying": True, "unregistered": False, "gone": False, "order": 0}],
}  # fmt: skip


@cache
def head() -> bytes:
    from madoguchi.audit.paper_head import PaperHead

    return PaperHead(12, "0a" * 32).text().encode()


def heads() -> Iterable[bytes]:
    yield head()
    yield b"1-" + b"0" * 68


def codes() -> Iterable[bytes]:
    from madoguchi.cases.prepared_code import code_from
    from madoguchi.outreach import letter_code

    yield code_from(b"s", "x").encode()
    yield b"https://x/prepared/" + code_from(b"s", "y").encode() + b"/"
    yield letter_code.code_of("k").encode()
    yield from (b"F-2026-000123", b"12345678", "１２３４".encode(), b"K" * 300)


def pack_files() -> Iterable[bytes]:
    from tests.parsers.plain import FILES
    from tests.unit.procedures.club import FOLDER

    from madoguchi.procedures.loader import read_folder

    there = read_folder(FOLDER)
    for at, name in enumerate(FILES):
        yield bytes([at]) + there.get(name, b"")
    for name in ("tables.toml", "wordings.toml", "texts/en.toml"):
        path = SOURCE / "procedures/packs/national" / name
        if path.exists():
            yield bytes([FILES.index(name)]) + path.read_bytes()[:3000]
