"""Nobody opens what is another resident's by its number: not found, as what is not there, and written down."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from django.apps import apps
from django.urls import reverse
from tests.cast import NOW
from tests.house.every_address import Address, ours
from tests.personas import (
    BOTH,
    NOBODYS,
    OWNED,
    Owned,
    SignedInPersona,
    browser_of,
    entry_of,
    mandate_of,
    pairs,
    personas,
)

from madoguchi.audit.models import EntryRow
from madoguchi.city.authority import Authority

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents", "procedures")]
SEED = 20261109
SOME, PARTS = 6, 8
HOLDING = ("residents", "cases", "outreach", "payments")


def of_residents(address: Address) -> bool:
    """Whether it is a page of residents' own, under whatever name it stands in the URL configuration."""
    return address.view.authority is Authority.RESIDENT or address.pattern.startswith("my/")


def test_every_address_of_residents_that_names_something_is_walked_or_nobodys() -> None:
    walked = {name for one in OWNED for name in one.addresses}
    named = {one.name for one in ours() if of_residents(one) and "<" in one.pattern}
    assert named - walked - NOBODYS.keys() == set(), "add it to OWNED in tests/personas.py"
    assert (walked | NOBODYS.keys()) - named == set(), "an address that is gone"
    assert walked & NOBODYS.keys() == set()


def test_an_address_that_was_forgotten_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.channels.online.test_nobody_elses.OWNED", OWNED[:-1])
    with pytest.raises(AssertionError, match="add it to OWNED"):
        test_every_address_of_residents_that_names_something_is_walked_or_nobodys()


@pytest.mark.parametrize(
    ("count", "part"),
    [
        pytest.param(4, None, id="some pairs"),
        *(
            pytest.param(200, part, marks=pytest.mark.slow, id=f"all pairs of 200, part {part}")
            for part in range(PARTS)
        ),
    ],
)
@pytest.mark.parametrize("kind", OWNED, ids=lambda kind: f"{kind.method} {kind.addresses[0]}")
def test_nobody_opens_what_is_somebody_elses(
    kind: Owned, count: int, part: int | None, record_property: Callable[[str, object], None]
) -> None:
    people = personas(count)
    called = [entry_of(one.place).name.name for one in people]
    numbers = [kind.make(one, people, NOW) for one in people]
    wanted = [(one, other) for one, other in pairs(count) if one not in kind.others(other, count)]
    if part is None:
        wanted = sorted(Random(SEED).sample(wanted, SOME))
    else:  # whoever asks: everybody of this part, each at everybody else's
        wanted = [(one, other) for one, other in wanted if one % PARTS == part]
    before, tries, who = kept(), 0, -1
    for one, other in wanted:
        if one != who:  # signed in when it is their turn: a session without use ends after twenty minutes
            who, browser = one, browser_of(people[one])
        # Some pairs: at every address. All pairs: each pair at one of them, in turn.
        names = kind.addresses if part is None else (kind.addresses[(one + other) % len(kind.addresses)],)
        for turn, name in enumerate(names, one + other // len(kind.addresses)):
            url = reverse(name, kwargs={**kind.besides, kind.parameter: numbers[other]})
            posts = kind.method == "POST" or (kind.method == BOTH and turn % 2)
            posted = kind.posted[(one + other) % len(kind.posted)]
            answer = browser.post(url, posted) if posts else browser.get(url)
            assert answer.status_code == 404, (name, one, other)
            page = answer.content.decode()
            assert people[other].resident_no not in page and called[other] not in page
            tries += 1
    record_property("n", tries)
    assert kept() == before
    refused = EntryRow.objects.filter(activity="refused", body__needed="own")
    assert refused.count() == tries > 0
    accounts = {one.account for one in people}
    assert {row["account"] for row in refused.values_list("body", flat=True)} <= accounts


@pytest.mark.parametrize("kind", [one for one in OWNED if one.opens], ids=lambda kind: kind.addresses[0])
def test_whoever_s_it_is_opens_it(kind: Owned) -> None:
    """Else the walk above would find nothing that could be opened."""
    people = personas(2)
    number = kind.make(people[1], people, NOW)
    browser = browser_of(people[1])
    for name in kind.addresses:
        url = reverse(name, kwargs={**kind.besides, kind.parameter: number})
        answer = browser.post(url, {"act": "end"}) if kind.method == "POST" else browser.get(url)
        assert answer.status_code != 404, name


def kept() -> list[tuple[object, ...]]:
    """Everything that is of somebody and that these addresses could change."""
    models = [one for label in HOLDING for one in apps.get_app_config(label).get_models()]
    return [row for model in models for row in model._default_manager.order_by("pk").values_list()]


def test_what_is_not_there_is_answered_alike() -> None:
    people = personas(3)
    theirs = mandate_of(people[1], people, NOW)
    browser = browser_of(people[2])
    there = browser.post(reverse("my:mandate", args=[theirs]), {"act": "end"})
    not_there = browser.post(reverse("my:mandate", args=["0" * 24]), {"act": "end"})
    assert there.status_code == not_there.status_code == 404
    assert there.content == not_there.content


def test_who_looked_at_one_persons_data_is_shown_to_that_person_only() -> None:
    first, second = personas(2)
    assert isinstance(first, SignedInPersona)
    EntryRow(
        kind="access", at=NOW, activity="read", person_key=second.resident_no, purpose="counter_case", staff_name="窓口 花",
        digest="0" * 64,
    ).save(force_insert=True)  # fmt: skip
    assert "窓口での受付" in browser_of(second).get("/my/seen/").content.decode()
    page = browser_of(first).get("/my/seen/").content.decode()
    assert "窓口での受付" not in page
    assert "窓口 花" not in browser_of(second).get("/my/seen/").content.decode()
