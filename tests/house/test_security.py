"""What no room does and no file has, read from the source; and what headers, logs and errors do when somebody tries (docs/asvs.csv)."""

from __future__ import annotations

import ast
import io
import logging
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pytest
from django.conf import global_settings, settings
from django.core.mail import EmailMessage
from django.http import BadHeaderError, HttpResponse
from django.test import Client
from tests.house.tree import ROOT

from madoguchi.config.logs import OneLine
from madoguchi.spreadsheets import grid

SOURCE = ROOT / "src" / "madoguchi"
CANARY = "かくれみの-7f3a"
# Programs that the office starts by hand, and simulated outside parties.
STARTS_PROGRAMS = {
    "config/demo.py", "config/demo_identity.py", "config/demo_twins.py", "config/server.py",
    *(f"config/keeping/{name}.py" for name in ("backing_up", "programs", "restoring")),
}  # fmt: skip
# The separator of a mapping file, escaped.
MADE_OF_MAPPINGS = {"residents/importing/records.py"}
KNOWN_HASHES = {"sha256", "sha3_256", "blake2b", "new", "algorithms_guaranteed", "file_digest"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def called(node: ast.AST) -> str:
    """The dotted name of what is called; empty for anything else."""
    parts: list[str] = []
    found = node.func if isinstance(node, ast.Call) else node
    while isinstance(found, ast.Attribute):
        parts.append(found.attr)
        found = found.value
    return ".".join(reversed([*parts, found.id])) if isinstance(found, ast.Name) else ""


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    return ((called(node), node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_no_request_starts_a_program_and_nothing_is_evaluated() -> None:
    wrong = []
    for file, tree in sources():
        if imported(tree) & {"pickle", "marshal", "shelve", "yaml", "dill"}:
            wrong.append(f"{file} reads what could be anything")
        if "subprocess" in imported(tree) and file not in STARTS_PROGRAMS:
            wrong.append(f"{file} starts a program")
        for name, call in calls(tree):
            if name in ("eval", "exec", "compile", "os.system", "os.popen", "__import__"):
                wrong.append(f"{file}:{call.lineno} {name}")
            if any(word.arg == "shell" for word in call.keywords):
                wrong.append(f"{file}:{call.lineno} shell")
    assert wrong == []


def _constant_pattern(node: ast.AST) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lstrip("_").isupper()
        case ast.JoinedStr(values=values):
            return all(
                _constant_pattern(one.value) if isinstance(one, ast.FormattedValue) else True
                for one in values
            )
        case ast.BinOp(left=left, right=right):
            return _constant_pattern(left) and _constant_pattern(right)
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in ("escape", "join")
    return False


def test_no_pattern_is_made_of_what_somebody_typed() -> None:
    heads = (
        "re.compile",
        "re.match",
        "re.search",
        "re.fullmatch",
        "re.sub",
        "re.split",
        "re.findall",
        "re.finditer",
    )
    wrong = [
        f"{file}:{call.lineno}"
        for file, tree in sources()
        for name, call in calls(tree)
        if name in heads
        and call.args
        and not _constant_pattern(call.args[0])
        and file not in MADE_OF_MAPPINGS
    ]
    assert wrong == []


def test_no_template_is_made_of_what_somebody_typed() -> None:
    wrong = [
        f"{file}:{call.lineno} {name}"
        for file, tree in sources()
        for name, call in calls(tree)
        if name == "Template" or re.search(r"(?i)engines?\W*.*from_string$", name)
    ]
    assert wrong == []


def test_no_certificate_goes_unchecked() -> None:
    words = (
        "CERT_NONE",
        "_create_unverified_context",
        "check_hostname = False",
        "verify=False",
        "ssl_verify",
    )
    wrong = [
        (path.name, word)
        for path in SOURCE.rglob("*.py")
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert wrong == []


def test_every_use_of_cryptography_stands_in_the_inventory() -> None:
    page, wrong = (ROOT / "docs" / "security.md").read_text(encoding="utf-8"), []
    for file, tree in sources():
        for name, call in calls(tree):
            if name.startswith("hashlib.") and name.split(".")[1] not in KNOWN_HASHES:
                wrong.append(f"{file}:{call.lineno} {name}")
            if re.search(r"\b(MD5|SHA1|ECB|CBC|TripleDES|ARC4|PKCS1v15)\b", name):
                wrong.append(f"{file}:{call.lineno} {name}")
    for used in (
        "AES-256-GCM",
        "HMAC-SHA-256",
        "PBKDF2-SHA-256",
        "RFC 6962",
        "RS256, PS256, ES256",
        "WebAuthn",
    ):
        if used not in page:
            wrong.append(f"docs/security.md does not name {used}")
    assert wrong == []


def test_passwords_are_hashed_slowly() -> None:
    said = (SOURCE / "config" / "settings.py").read_text(encoding="utf-8")
    assert "PASSWORD_HASHERS" not in said
    assert global_settings.PASSWORD_HASHERS[0].endswith("PBKDF2PasswordHasher")


def test_no_secret_has_a_default() -> None:
    said = (SOURCE / "config" / "settings.py").read_text(encoding="utf-8")
    found = re.findall(r'environ\.get\("(MADOGUCHI_\w*(?:SECRET|KEY|PASSWORD)\w*)"(?:, "([^"]*)")?\)', said)
    assert len(found) >= 4
    assert {name for name, value in found if value} == set()


def test_debugging_cannot_be_turned_on() -> None:
    said = (SOURCE / "config" / "settings.py").read_text(encoding="utf-8")
    assert re.findall(r"^DEBUG\b.*$", said, re.M) == ["DEBUG = False"]


def test_nothing_is_redirected_to_https_by_us() -> None:
    assert settings.SECURE_SSL_REDIRECT is False


def test_headers_that_anybody_can_send_are_not_believed() -> None:
    assert not settings.USE_X_FORWARDED_HOST
    assert not settings.USE_X_FORWARDED_PORT
    assert settings.SECURE_PROXY_SSL_HEADER is None
    assert settings.AXES_IPWARE_PROXY_COUNT is None if hasattr(settings, "AXES_IPWARE_PROXY_COUNT") else True
    wrong = [
        path.name
        for path in SOURCE.rglob("*.py")
        if re.search(r"X.FORWARDED|X.REAL", path.read_text("utf-8"), re.I)
    ]
    assert wrong == []


def test_what_scripts_keep_in_a_browser() -> None:
    keeping, wrong = set(), []
    for path in SOURCE.rglob("static/**/*.js"):
        if path.name.endswith(".min.js") or "vendor" in path.parts:
            continue
        said = path.read_text(encoding="utf-8")
        if re.search(r"localStorage|sessionStorage|indexedDB", said):
            keeping.add(path.name)
        if re.search(r"document\.cookie|\beval\(|new Function|postMessage|__proto__|document\.write", said):
            wrong.append(path.name)
    assert wrong == []
    assert keeping == {"idle.js", "stopwatch.js"}


def test_logs_go_to_standard_error_alone() -> None:
    assert {one["class"] for one in settings.LOGGING["handlers"].values()} == {"logging.StreamHandler"}
    assert {one["()"] for one in settings.LOGGING["formatters"].values()} == {"madoguchi.config.logs.OneLine"}
    wrong = [
        f"{file}:{call.lineno}"
        for file, tree in sources()
        for name, call in calls(tree)
        if name.endswith(("FileHandler", "SysLogHandler", "HTTPHandler"))
    ]
    assert wrong == []


def written(record: logging.LogRecord) -> str:
    return OneLine(settings.LOGGING["formatters"]["line"]["format"], style="{").format(record)


def record_of(message: str, *args: object, fault: bool = False) -> logging.LogRecord:
    return logging.LogRecord(
        "t", logging.ERROR, __file__, 1, message, args, sys.exc_info() if fault else None
    )


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\x1b[2J", "\x00"])
def test_a_line_end_forges_no_line_of_the_log(end: str) -> None:
    told = written(record_of("of %s", f"somebody{end}2026-11-09 ERROR forged"))
    assert end not in told
    assert told.splitlines() == [told]


def test_no_secret_and_no_word_of_a_person_reaches_a_log() -> None:
    """A fault says its kind and where it was; what it quotes stays out, also that of the fault before it."""
    try:
        try:
            int(CANARY)
        except ValueError as error:
            raise KeyError(CANARY) from error
    except KeyError:
        told = written(record_of("it went wrong", fault=True))
    assert CANARY not in told
    assert "KeyError (test_security.py:" in told
    assert "because of ValueError (test_security.py:" in told


@pytest.mark.django_db
def test_an_error_of_ours_shows_nothing_and_is_logged(
    city: object, signed_in: Callable[[str], Client], caplog: pytest.LogCaptureFixture
) -> None:
    browser = signed_in("auditor_ren")
    browser.raise_request_exception = False
    with patch("madoguchi.channels.backoffice.views_audit.seal_age", side_effect=ValueError(CANARY)):
        answer = browser.get("/office/audit/")
    assert answer.status_code == 500
    assert CANARY not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    (line,) = (one for one in caplog.records if one.name == "django.request")
    told = written(line)
    assert "ValueError (" in told
    assert CANARY not in told


def test_a_line_end_gets_into_no_header() -> None:
    for end in ("\n", "\r", "\r\n"):
        with pytest.raises(BadHeaderError):
            HttpResponse()["Content-Disposition"] = f'attachment; filename="a{end}Set-Cookie: x"'
        with pytest.raises(ValueError, match=r"newline|header"):
            EmailMessage(f"件名{end}Bcc: b@example", "", "a@example", ["c@example"]).message()
        with pytest.raises(ValueError, match=r"newline|header"):
            EmailMessage("件名", "", "a@example", [f"c@example{end}Bcc: b@example"]).message()


@pytest.mark.parametrize(
    "entity",
    [
        '<!ENTITY x SYSTEM "file://{path}">',
        '<!ENTITY a "{long}"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;&b;&b;&b;">',
    ],
    ids=["a file", "a bomb"],
)
def test_a_workbook_with_an_outside_entity_reads_nothing(tmp_path: Path, entity: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY, encoding="utf-8")
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "PLACE"
    book.save(made)
    spoilt = io.BytesIO()
    said = entity.format(path=secret, long="長" * 20_000)
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(spoilt, "w") as after:
        for name in before.namelist():
            text = before.read(name).decode()
            if name == "xl/sharedStrings.xml":
                text = re.sub(
                    r"(<\?xml[^>]*\?>)?", lambda found: f"{found[0]}<!DOCTYPE sst [{said}]>", text, count=1
                )
                text = text.replace("PLACE", "&x;")
            after.writestr(name, text)
    try:
        spoilt.seek(0)
        told = repr(list(grid.read_grid(spoilt)))
    except grid.GridRefused:
        return
    assert CANARY not in told
    assert len(told) < 2_000_000


@pytest.mark.django_db
def test_every_page_says_its_kind_and_encoding(procedures: str) -> None:
    for url in (
        "/staff/login/",
        "/find/",
        "/book/",
        "/congestion/",
        "/api/",
        "/api/v1/health",
        "/check/",
        "/pay/",
        "/none/",
    ):
        kind = Client().get(url).headers["Content-Type"]
        assert re.fullmatch(r"(text/html|application/json); charset=utf-8", kind), (url, kind)


@pytest.mark.django_db
def test_nothing_but_static_files_is_served(city: object) -> None:
    for url in (
        "/static/",
        "/static/shared/",
        "/.git/config",
        "/static/../secret_key",
        "/static/%2e%2e/secret_key",
        "/secret_key",
    ):
        assert Client().get(url).status_code in (301, 302, 404), url
        assert "secret" not in Client().get(url).content.decode()[:200]
