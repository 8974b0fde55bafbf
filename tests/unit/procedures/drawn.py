"""Rules and households drawn at random in the library club, and all ways in which they can turn out."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain, combinations, product

from hypothesis import strategies as st
from tests.unit.procedures.club import MOVE, pack_with

from madoguchi.procedures.facts import FactRef, Value
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind, PersonFacts, Relation, RelationKind, Situation

_HOBBIES = ("reading", "music", "chess")
DOMAINS: dict[str, list[Value]] = {
    "moves": [True, False],
    "card": ["none", "child", "adult"],
    "hobbies": [
        frozenset(some)
        for some in chain.from_iterable(combinations(_HOBBIES, size) for size in range(len(_HOBBIES) + 1))
    ],
    "books_borrowed": [0, 1, 2, 3, 4],
    "has_garden": [True, False],
}
MOST_COMPLETIONS = 400


def _atoms(who: str) -> st.SearchStrategy[str]:
    age = st.sampled_from([6, 15, 18])
    return st.one_of(
        st.just(f"{who}.moves"),
        st.just("household.has_garden"),
        st.sampled_from(DOMAINS["card"]).map(lambda code: f"{who}.card == '{code}'"),
        st.sampled_from(["('none', 'child')", "('adult',)"]).map(lambda codes: f"{who}.card in {codes}"),
        st.sampled_from(_HOBBIES).map(lambda code: f"'{code}' in {who}.hobbies"),
        st.sampled_from([1, 2, 3]).map(lambda number: f"{who}.books_borrowed >= {number}"),
        age.map(lambda years: f"reference_date >= attains({who}.birth_date, {years})"),
        age.map(lambda years: f"reference_date <= fiscal_year_end(attains({who}.birth_date, {years}))"),
    )


@lru_cache(maxsize=2)  # made once: making a strategy and looking it over takes longer than drawing from it
def _conditions(who: str) -> st.SearchStrategy[str]:
    return st.recursive(
        _atoms(who),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda three: f"({' '.join(three)})"),
            inner.map(lambda one: f"not {one}"),
        ),
        max_leaves=5,
    )


_ABOUT = {
    True: st.sampled_from(["none", "any", "all", "count"]),
    False: st.sampled_from(["none", "any", "all"]),
}


@st.composite
def rules(draw: st.DrawFn, *, folds: bool = True) -> str:
    """Draw a condition of a person, sometimes about the household too."""
    own = draw(_conditions("person"))
    about = draw(_ABOUT[folds])
    if about == "none":
        return own
    people = draw(st.sampled_from(["household.people", "household.children", "person.parents"]))
    inner = draw(_conditions("c"))
    if about == "count":
        whole = f"count(c for c in {people} if {inner}) >= {draw(st.sampled_from([1, 2]))}"
    else:
        chosen = draw(st.sampled_from(["", " if c.moves"]))
        whole = f"{about}({inner} for c in {people}{chosen})"
    return f"{own} {draw(st.sampled_from(['and', 'or']))} {whole}"


@lru_cache(maxsize=512)
def pack_of(must: str | None, optional: str | None) -> Pack:
    return pack_with(must, optional=optional)


_RULES = {folds: rules(folds=folds) for folds in (True, False)}
_RULE_OR_NONE = {folds: st.one_of(st.none(), one) for folds, one in _RULES.items()}


@st.composite
def packs(draw: st.DrawFn, *, folds: bool = True) -> Pack:
    must = draw(_RULES[folds])
    optional = draw(_RULE_OR_NONE[folds])
    return pack_of(must, optional)


_VALUES = {key: st.one_of(st.none(), st.sampled_from(values)) for key, values in DOMAINS.items()}
_BIRTHS = st.one_of(
    st.dates(date(2004, 1, 1), date(2021, 12, 31)),
    st.sampled_from(
        [date(2020, 11, 5), date(2020, 11, 6), date(2008, 4, 1), date(2008, 4, 2), date(1980, 1, 1)]
    ),
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Draw a household of one to three in which some facts of small domains are unknown."""
    size = draw(st.integers(1, 3))
    ids = [f"p{number}" for number in range(1, size + 1)]
    people = []
    for person in ids:
        values: dict[str, Value] = {"birth_date": draw(_BIRTHS)}
        for key in ("moves", "card", "hobbies", "books_borrowed"):
            value = draw(_VALUES[key])
            if value is not None:
                values[key] = value
        people.append(PersonFacts(person, values))
    pairs = draw(
        st.lists(st.sampled_from([(a, b) for a in ids for b in ids if a < b] or [None]), unique=True)
    )
    relations = tuple(Relation(RelationKind.parent, pair[1], pair[0]) for pair in pairs if pair)
    garden = draw(_VALUES["has_garden"])
    situation = Situation(
        EventKind.move_in,
        {"move_date": MOVE},
        {} if garden is None else {"has_garden": garden},
        tuple(people),
        relations,
        "p1",
        None,
    )
    for ref in unknown_facts(situation):
        if completion_count(situation) <= MOST_COMPLETIONS:
            break
        situation = situation.with_fact(ref, draw(st.sampled_from(DOMAINS[ref.key])))
    return situation


def unknown_facts(situation: Situation) -> list[FactRef]:
    """The facts of small domains that are not known, in a fixed order."""
    refs = [
        FactRef(key, person.id)
        for person in situation.people
        for key in ("hobbies", "books_borrowed", "card", "moves")
        if key not in person.values
    ]
    if "has_garden" not in situation.household_values:
        refs.append(FactRef("has_garden", "household"))
    return refs


def completion_count(situation: Situation) -> int:
    count = 1
    for ref in unknown_facts(situation):
        count *= len(DOMAINS[ref.key])
    return count


def completions(situation: Situation) -> Iterator[tuple[tuple[Value, ...], Situation]]:
    """Every way in which the unknown facts can turn out."""
    refs = unknown_facts(situation)
    for values in product(*(DOMAINS[ref.key] for ref in refs)):
        full = situation
        for ref, value in zip(refs, values, strict=True):
            full = full.with_fact(ref, value)
        yield values, full


def days_between(earliest: date, latest: date) -> Iterator[date]:
    for days in range((latest - earliest).days + 1):
        yield earliest + timedelta(days=days)
