"""Whoever may sign in to the demo from home: what the provider's page says of each is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cast import NOW, SETTER, TODAY
from tests.personas import SELF

from madoguchi.config.demo_city import SEED
from madoguchi.config.demo_identity import PEOPLE_FILE, people_of, write_people
from madoguchi.connect.twins.identity_provider import FALLBACK, personas_in
from madoguchi.residents.accounts.coming import come
from madoguchi.residents.accounts.facts import ClaimedFacts
from madoguchi.residents.load import entry_of
from madoguchi.residents.operations import register as store
from madoguchi.residents.population.register import register
from madoguchi.residents.sheltering import protect

RESIDENTS = 10_000


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_some_match_one_is_doubtful_one_protected_and_one_unknown() -> None:
    people = people_of(residents=RESIDENTS, seed=SEED, on=TODAY)
    chosen = {one.subject.removeprefix("demo-") for one in people}
    homes = register(residents=RESIDENTS, seed=SEED, on=TODAY)
    found = [home for home in homes if any(one.resident_no in chosen for one in home.people)]
    store(
        entries=[entry_of(home, one) for home in found for one in home.people],
        source="住民記録",
        as_of=TODAY,
        now=NOW,
    )
    for one in (one for home in found for one in home.people if one.protected):
        protect(resident_no=one.resident_no, begins_on=TODAY, ends_on=None, by=SETTER, now=NOW)
    states = []
    for one in people:
        facts = ClaimedFacts(one.name, one.address, one.birthdate, one.gender)
        states.append(come(issuer="demo", subject=one.subject, facts=facts, by=SELF, now=NOW).state.value)
    assert states == ["matched", "matched", "matched", "doubtful", "doubtful", "not_found"]
    assert people[0].address == people[1].address, "a couple: one of them may act for the other"
    assert [word in one.note for word, one in zip(("結びつきます", "確認を待ちます", "支援措置"), people[2:], strict=False)] == [True] * 3  # fmt: skip


@pytest.mark.parametrize("residents", [0, 20])
def test_a_small_city_has_whoever_it_has(residents: int, tmp_path: Path) -> None:
    write_people(tmp_path, residents=residents, seed=SEED, on=TODAY)
    people = personas_in(str(tmp_path / PEOPLE_FILE))
    assert people[-1] == FALLBACK[0]
    assert len({one.subject for one in people}) == len(people)
