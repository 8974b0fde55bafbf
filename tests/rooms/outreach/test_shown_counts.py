"""Counts of a campaign that are out: nobody who looks each day finds out from two of them how a few people answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import combinations, count

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import NOW, TODAY
from tests.rooms.outreach.campaigning import CARD, drafted

from madoguchi.audit.entries import Actor
from madoguchi.outreach import queries
from madoguchi.outreach.models import CampaignRow, OfferRow
from madoguchi.outreach.shown_counts import CountedOf, found, moving
from madoguchi.outreach.shown_tables import ShownCountsRow
from madoguchi.outreach.states import OfferState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register")]
DAY = timedelta(days=1)
_FRESH = count()


@pytest.fixture
def campaign(city: Mapping[str, Actor]) -> CampaignRow:
    return CampaignRow.objects.get(public_id=drafted(city))


def test_answers_are_told_when_ten_more_have_come(campaign: CampaignRow) -> None:
    looked = [
        moving(CountedOf.OFFERS, campaign, CARD, [200 - used, used, 20], now=NOW + n * DAY)
        for n, used in enumerate((30, 31, 39, 40, 40, 55))
    ]
    assert [one.cells[1] for one in looked] == [30, 30, 30, 40, 40, 55]
    assert [(one.since - NOW).days for one in looked] == [0, 0, 0, 3, 3, 5]
    assert ShownCountsRow.objects.count() == 3


def test_the_whole_row_waits_for_one_count_that_moved_a_little(campaign: CampaignRow) -> None:
    assert moving(CountedOf.OFFERS, campaign, CARD, [100, 50, 30], now=NOW).cells == (100, 50, 30)
    assert moving(CountedOf.OFFERS, campaign, CARD, [80, 67, 33], now=NOW + DAY).cells == (100, 50, 30)
    assert moving(CountedOf.OFFERS, campaign, CARD, [75, 65, 40], now=NOW + 2 * DAY).cells == (75, 65, 40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=1, max_size=12))
def test_no_two_looks_differ_by_a_few_people(steps: list[tuple[int, int]], campaign: CampaignRow) -> None:
    """Each step: how many more say 使う and 使わない; the total is known to whoever looks."""
    procedure, cells, seen = f"p{next(_FRESH)}", [150, 0, 0], []
    for n, (uses, refuses) in enumerate(steps):
        cells = [max(cells[0] - uses - refuses, 0), cells[1] + uses, cells[2] + refuses]
        seen.append(moving(CountedOf.OFFERS, campaign, procedure, cells, now=NOW + n * DAY).cells)
    for before, after in combinations(dict.fromkeys(seen), 2):
        for one, other in zip(before, after, strict=True):
            assert one is None or other is None or one == other or abs(one - other) >= 10


def test_another_campaign_of_the_same_procedure_is_not_compared_with_the_first(
    campaign: CampaignRow, city: Mapping[str, Actor]
) -> None:
    assert found(campaign, CARD, [5000, 300, 80], now=NOW).cells == (5000, 300, 80)
    later = CampaignRow.objects.get(public_id=drafted(city))
    assert found(later, CARD, [5003, 350, 80], now=NOW + DAY).cells == (None, 350, None), (
        "three more would be told"
    )
    assert found(later, CARD, [9999, 9999, 9999], now=NOW + 2 * DAY).cells == (None, 350, None), (
        "settled at the first look"
    )
    assert found(later, "another", [5003, 350, 80], now=NOW + DAY).cells == (5003, 350, 80)


def test_a_run_that_counts_again_is_held_against_the_first(campaign: CampaignRow) -> None:
    assert found(campaign, CARD, [100, 200, 300], now=NOW).cells == (100, 200, 300)
    campaign.run += 1
    assert found(campaign, CARD, [101, 200, 300], now=NOW + DAY).cells == (None, None, 300)


def test_what_is_out_is_never_changed(campaign: CampaignRow) -> None:
    found(campaign, CARD, [100, 200, 300], now=NOW)
    for change in (
        lambda: ShownCountsRow.objects.update(cells=[]),
        lambda: ShownCountsRow.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_office_is_told_of_answers_by_tens(campaign: CampaignRow) -> None:
    def answered(state: OfferState, many: int) -> None:
        for _ in range(many):
            name = f"x{next(_FRESH)}"
            OfferRow.objects.create(
                campaign=campaign, public_id=name, procedure=CARD, about=name, resident_no="0000000000019", status="must",
                facts_digest=name, state=state.value, made_at=NOW, changed_at=NOW,
                later_until=TODAY if state is OfferState.LATER else None,
            )  # fmt: skip

    CampaignRow.objects.filter(pk=campaign.pk).update(procedures=[CARD])
    for state in queries.BECAME:
        answered(state, 20)
    told = []
    for n in range(5):
        (line,) = queries.became(campaign.public_id, now=NOW + n * DAY)
        told.append(line.cells[queries.BECAME.index(OfferState.USED)])
        answered(OfferState.USED, 4)
    assert told == [20, 20, 20, 32, 32]
