"""Inputs that were answered with something else than was declared, each by what was wrong with it: the parser, and the input."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping

FOUND: Mapping[str, tuple[str, bytes]] = {
    "a day of which everything is vague again and again": ("dates", "推定".encode() * 680),
    "a span of spans of spans": ("dates", b"x" + "から昭和まで".encode() * 330),
    "numerals without end before 丁目": ("addresses", "十".encode() * 1300 + "丁目".encode()),
    "zeros without end before 番地": ("barcode", b"263-0023\n" + "〇".encode() * 5000 + "番地".encode()),
    "a secret at rest without its key's number": ("at-rest", b"mdg1."),
    "a seal with a word for its time": ("sealed-inside", zlib.compress(b'["x",1]')),
    "a seal of the year 10 to the 91st": ("sealed-inside", zlib.compress(b"[1e99,1]")),
    "a webhook nested without end": ("webhook", b"[" * 60_000),
    "a webhook with half a character": ("webhook", b'{"event":"\\ud800","record":{"session":"s","reference":"P","phase":"open","moved":[]}}'),
    "an answer of the provider nested without end": ("provider-answer", b"[" * 60_000),
    "receipts nested without end": ("receipts", b"[" * 60_000),
    "a card with half a character in its name": (
        "card-reader", b'{"name":"\\ud800","address":"a","birth":"1984-05-02","sex":"male","expires_on":"2030-01-01"}'),
    "a household whose income has five thousand digits": ("situation", b'{"people":[{"id":"p1","income_yen":' + b"9" * 5000 + b"}]}"),
    "an expression in a thousand brackets": ("rule", b"(" * 1000 + b"1" + b")" * 1000),
    "an expression of a thousand sums": ("rule", b"1+" * 1500 + b"1"),
    "a household of the year 1": ("situation", b'{"event":{"kind":"move_in","move_date":"0001-01-01"},"people":[{"id":"p","birth_date":"0001-01-01"}]}'),
    "a household of the year 9999": ("situation", b'{"event":{"kind":"move_in","move_date":"9999-12-31"},"people":[{"id":"p","birth_date":"9999-12-31"}]}'),
    "a copy whose files are a list": (
        "copy-manifest", b'{"made_at":"2026-11-09T10:00:00+09:00","vendor":"sqlite","mark":1,"shut":false,"files":[]}'),
    "a token that ends after ten to the 400th seconds": (
        "identity-token", b'{"iss":"https://id.example","sub":"s","aud":"madoka","nonce":"n","iat":1,"exp":1' + b"0" * 400 + b"}"),
    "a household nested without end": ("situation", b"[" * 60_000),
    "a body for the public interface whose string is never closed": ("api-body", b'{"' + b'\\"' * 30_000),
    "a pack's file with arrays without end": ("pack-file", b"\x00a=" + b"[" * 4000),
    "a plan of a city with a number without end": ("city-plan", b"a=" + b"9" * 5000),
    "a mapping whose columns are one table": ("mapping-file", b"[column]\na = 1\n"),
    "a mapping with a character beyond Unicode": ("mapping-file", b'[[column]]\n[gaiji."U+FFFFFFFFFFFFFFFF"]\ncharacter="a"\n'),
    "a sheet's file that is no UTF-8": ("sheet-definition", b"\xff"),
    "snapshots that end in the middle": ("snapshots", b"\x01" + gzip.compress(b"time,queue\n" * 50)[:-12]),
    "snapshots packed as nothing that there is": ("snapshots", b"\x01\x1f\x8b\x08\x00" + b"\xff" * 30),
    "addresses of a provider that are none": (
        "identity-answer",
        b'a{"issuer":"https://id.example","authorization_endpoint":"https://[","token_endpoint":"","userinfo_endpoint":"","jwks_uri":""}'),
    "a mark beside the database that is no mark": ("home-mark", b"{}"),
    "a number in a setting that is none": ("setting", b"\x00ten"),
    "the port of a mail server that is none": ("setting", b"\x03smtp://h:port"),
    "the port of a database that is none": ("database-url", b"postgresql://h:port/d"),
    "what a branch sends without acts": ("branch-outbox", b'{"package":"p","cases":[],"acts":1}'),
    "what a branch sends with fields that no act has": ("branch-outbox", b'{"package":"p","cases":[],"acts":[{"facts":[],"people":[],"more":1}]}'),
    "a package without rows": ("branch-package", b'{"package":"p","branch":"n","day":"2026-11-09","bases":[],"people":1,"rows":1}'),
}  # fmt: skip
