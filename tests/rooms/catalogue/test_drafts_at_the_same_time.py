"""Two people who save the same version of a draft: one is kept, the other is told, and nothing is written twice."""

from __future__ import annotations

import pytest
from tests.cast import NOW
from tests.together import together

from madoguchi.audit.entries import Actor
from madoguchi.catalogue import operations as catalogue
from madoguchi.catalogue import queries
from madoguchi.catalogue.drafts import operations as drafts
from madoguchi.catalogue.drafts.operations import CHANGED_MEANWHILE, DraftError
from madoguchi.procedures.loader import NATIONAL_FOLDER

pytestmark = pytest.mark.django_db(transaction=True)
MIO, SORA = Actor(1, "推進 澪", "", ""), Actor(2, "推進 空", "", "")


@pytest.fixture
def draft() -> int:
    queries.pack_of.cache_clear()
    queries.layers_of.cache_clear()
    catalogue.publish(folders=[NATIONAL_FOLDER], by=MIO, now=NOW)
    return drafts.begin(title="令和9年4月", by=MIO, now=NOW)


def written(draft: int, text: str, by: Actor, version: int) -> None:
    drafts.keep(number=draft, version=version, layer={"own.toml": text}, what=text, by=by, now=NOW)


def one_was_told(told: list[BaseException | None]) -> bool:
    others = [one for one in told if one is not None]
    return len(others) == 1 and isinstance(others[0], DraftError) and str(others[0]) == CHANGED_MEANWHILE


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_who_save_one_is_told(draft: int, attempt: int) -> None:
    told = together(lambda: written(draft, "a = 1", MIO, 1), lambda: written(draft, "b = 2", SORA, 1))
    found = drafts.draft(draft)
    assert one_was_told(told)
    assert found is not None and found.version == 2 and len(drafts.changes_of(draft)) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_who_takes_back_and_who_saves(draft: int, attempt: int) -> None:
    written(draft, "a = 1", MIO, 1)
    told = together(
        lambda: drafts.undo(number=draft, version=2, by=MIO, now=NOW),
        lambda: written(draft, "b = 2", SORA, 2),
    )
    found = drafts.draft(draft)
    assert one_was_told(told)
    assert found is not None and found.version == 3


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_who_publish_over_the_same_revision_one_is_told(draft: int, attempt: int) -> None:
    base = queries.current_revision()
    below = queries.layers_of(base)[0]

    def publish(name: str) -> None:
        layer = {"pack.toml": f'id = "city"\nname = "{name}"\n'}
        catalogue.publish_layers(layers=(below, layer), by=MIO, now=NOW, seen=base)

    told = together(lambda: publish("北"), lambda: publish("南"))
    others = [one for one in told if one is not None]
    assert len(others) == 1 and isinstance(others[0], catalogue.CurrentChanged)
    assert len(queries.revisions()) == 2, "what was refused is not there either"
