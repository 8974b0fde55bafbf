"""Residents who sign in to the demo from home: a few of the invented register, and a provider of its own for them.

1. When the city is made, some of its people are written to a file beside it (`write_people`): a couple and somebody else who
   match, one whose address is an old one, one who is protected, and somebody whom the register does not know.
2. The twin of the provider is started with that file (`identity_provider`); the server finds it through its settings.
3. `check` goes the whole way as the first of them, as a browser would.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from http.cookiejar import CookieJar
from itertools import islice
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from madoguchi.connect.twins.identity_provider import FALLBACK, Persona
from madoguchi.residents.population.people import Household, Person
from madoguchi.residents.population.register import register

PEOPLE_FILE = "identity-people.json"
NAME = "実演用の本人確認（模擬）"
CLIENT = "madoka-demo"
ADULT = 20
PREFECTURE = "まど県"
OLD_ADDRESS = f"{PREFECTURE}まどか市本町1番地の99"
# Far enough for a protected household; nobody looks through a register of ten thousand for the demo.
MOST_HOUSEHOLDS = 5000
SIMULATED, MATCHES = "これは模擬です", "住民記録と結びつきます"
PAGES = ("/my/", "/my/seen/", "/my/mandates/")


def write_people(home: Path, *, residents: int, seed: int, on: date) -> None:
    """Write down who may sign in, from the same invented register as the city's."""
    people = people_of(residents=residents, seed=seed, on=on)
    (home / PEOPLE_FILE).write_text(json.dumps([asdict(one) for one in people], ensure_ascii=False))


def people_of(*, residents: int, seed: int, on: date) -> tuple[Persona, ...]:
    """A few people of the invented register, and one who is not in it; each with what will happen."""
    plain: list[tuple[Household, Person]] = []
    couple: list[tuple[Household, Person]] = []
    hidden: list[tuple[Household, Person]] = []
    for home in islice(register(residents=residents, seed=seed, on=on), MOST_HOUSEHOLDS):
        adults = [(home, one) for one in home.people if one.age >= ADULT and _is_plain(one)]
        if any(one.protected for one in home.people):
            hidden = hidden or adults[:1]
        elif not couple and len(adults) > 1 and len(home.people) > len(adults) and not home.facility:
            couple = adults[:2]
        elif adults and len(plain) < 2:
            plain += adults[:1]
        if couple and hidden and len(plain) > 1:
            break
    made = [*_matching(couple), *_matching(plain[:1]), *_others(plain[1:], hidden)]
    return (*made, *FALLBACK)


def _is_plain(one: Person) -> bool:
    return one.birth_known and one.nationality_class == "jp" and not one.former_surname


def _matching(found: list[tuple[Household, Person]]) -> Iterator[Persona]:
    for home, one in found:
        yield _persona(home, one, MATCHES)


def _others(
    moved: list[tuple[Household, Person]], hidden: list[tuple[Household, Person]]
) -> Iterator[Persona]:
    for home, one in moved:
        note = "住所が前のまま。職員の確認を待ちます（reviewer）"
        yield _persona(home, one, note, address=OLD_ADDRESS)
    for home, one in hidden:
        yield _persona(home, one, "支援措置の対象。担当の確認を待ちます（protection）")


def _persona(home: Household, one: Person, note: str, *, address: str = "") -> Persona:
    """As a provider writes it: the address with its prefecture, which the register leaves out."""
    place = address or f"{PREFECTURE}{home.address.removeprefix(PREFECTURE)}"
    return Persona(f"demo-{one.resident_no}", one.name, place, one.birth.isoformat(), one.sex, note)


def identity_provider(base: str) -> tuple[subprocess.Popen[str], str]:
    """Start the simulated provider; the pages find it through their settings."""
    secret = secrets.token_urlsafe(24)
    people = Path(os.environ["MADOGUCHI_HOME"]) / PEOPLE_FILE
    words = [
        sys.executable,
        "-m",
        "madoguchi.connect.twins.identity_provider",
        "--port",
        "0",
        "--client",
        CLIENT,
    ]
    words += ["--back", f"{base}/my/back/"]
    words += ["--people", str(people)] if people.exists() else []
    twin = subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env=os.environ | {"MADOGUCHI_OIDC_CLIENT_SECRET": secret}
    )
    assert twin.stdout is not None
    provider = f"http://127.0.0.1:{twin.stdout.readline().strip()}"
    os.environ["MADOGUCHI_OIDC_ISSUER"], os.environ["MADOGUCHI_OIDC_NAME"] = provider, NAME
    os.environ["MADOGUCHI_OIDC_CLIENT_ID"], os.environ["MADOGUCHI_OIDC_CLIENT_SECRET"] = CLIENT, secret
    return twin, provider


def check(base: str) -> int:
    """Sign in as the first of them, over the provider's page, and visit the residents' pages; one line a visit."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    faults, page = 0, ""
    try:
        page = _asked(opener, f"{base}/my/sign-in/go/")
        told = SIMULATED in page
        action, who = re.search(r'action="([^"]+)"', page), re.search(r'name="persona" value="([^"]+)"', page)
        assert action is not None and who is not None, page
        there = urljoin(os.environ["MADOGUCHI_OIDC_ISSUER"], action[1].replace("&amp;", "&"))
        with opener.open(there, urlencode({"persona": who[1]}).encode(), timeout=20) as answer:
            come = answer.url == f"{base}/my/"
    except (URLError, OSError, AssertionError):
        told = come = False
    for done, words in ((told, "模擬だと示す"), (come, "/my/back/")):
        faults += not done
        print(f"{'○' if done else '×'} {'住民':<10} {words}", flush=True)
    wanted = PAGES if MATCHES in page else PAGES[:1]
    for path in wanted if come else ():
        with opener.open(f"{base}{path}", timeout=20) as answer:
            there_is = answer.status == 200 and answer.url == f"{base}{path}"
        faults += not there_is
        print(f"{'○' if there_is else '×'} {'住民':<10} {path}", flush=True)
    return 1 if faults else 0


def _asked(opener: OpenerDirector, address: str) -> str:
    with opener.open(address, timeout=20) as answer:
        return str(answer.read().decode())
