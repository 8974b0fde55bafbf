"""Kinship (親子・夫婦): who is whose parent or spouse, from given relations or from 続柄.

Given relations are the whole truth. Without them they follow from 続柄 (住民記録システム標準仕様書の続柄)
where that is unambiguous; who may be kin, but is not surely so, is kept apart together with the people
whose 続柄 would say it. 「子」は世帯主とその夫・妻の子として扱います(違うときは関係を明示する)。
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from madoguchi.procedures.facts import RELATIONSHIP, FactRef
from madoguchi.procedures.situation import Relation, RelationKind, Situation

Chain = tuple[str, ...]
_STEPS = frozenset({"夫", "妻", "夫（未届）", "妻（未届）", "子", "父", "母", "兄", "姉", "弟", "妹"})
_SPOUSES = ("夫", "妻")
_UNIQUE = frozenset({"夫", "妻", "父", "母"})
_SIBLINGS = frozenset({"兄", "姉", "弟", "妹"})
_APART = ("同居人", "縁故者")
_UNREGISTERED = re.compile(r"([夫妻])\(未届\)")


@dataclass(frozen=True, slots=True)
class Kin:
    """Ids of those who surely are kin, of those who may be, and the facts that would tell."""

    sure: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()
    concerned: tuple[FactRef, ...] = ()


_NONE = Kin()


@dataclass(frozen=True, slots=True)
class Kinship:
    """The kin of each person of one situation, by relation and id."""

    household_children: Kin
    _kin: dict[tuple[str, str], Kin]

    def of(self, relation: str, person: str) -> Kin:
        """Return the "parents", "spouse", "children", "guardians" of a person, or the children whom they "raised"."""
        return self._kin.get((relation, person), _NONE)


def kinship_of(situation: Situation) -> Kinship:
    """Return who is whose kin in a situation."""
    if situation.relations is not None:
        return _from_relations(situation, situation.relations)
    return _from_relationships(situation)


@lru_cache(maxsize=1024)
def chains_of(text: str) -> tuple[Chain, ...]:
    """Return the chains that a 続柄 says, each step from the head on; () when it cannot be read.

    The head is the empty chain. 「子（子の夫）」 says two chains; brackets may be half-width.
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    plain = _UNREGISTERED.sub(r"\1（未届）", plain)
    plain = plain.replace("世帯主の", "", 1)
    parts = [part for part in re.split(r"[()]", plain) if part]
    chains = [_chain(part) for part in parts]
    return tuple(chain for chain in chains if chain is not None) if None not in chains else ()


def _chain(text: str) -> Chain | None:
    if text in ("世帯主", "本人"):
        return ()
    steps = tuple(text.split("の"))
    return steps if 1 <= len(steps) <= 4 and all(step in _STEPS for step in steps) else None


def _from_relations(situation: Situation, relations: tuple[Relation, ...]) -> Kinship:
    pairs: dict[tuple[str, str], list[str]] = {}

    def add(relation: str, of: str, kin: str) -> None:
        members = pairs.setdefault((relation, of), [])
        if kin not in members:
            members.append(kin)

    for relation in relations:
        match relation.kind:
            case RelationKind.parent:
                add("parents", relation.of, relation.is_)
                add("children", relation.is_, relation.of)
            case RelationKind.spouse:
                add("spouse", relation.of, relation.is_)
                add("spouse", relation.is_, relation.of)
            case RelationKind.guardian:
                add("guardians", relation.of, relation.is_)
            case RelationKind.supports:
                pass
    kin = {key: Kin(tuple(members)) for key, members in pairs.items()}
    return _complete(situation, kin)


def _complete(situation: Situation, kin: dict[tuple[str, str], Kin]) -> Kinship:
    """Add guardians (the parents, unless others are given), whom each raises, and the children of the household."""
    sure: list[str] = []
    maybe: list[str] = []
    concerned: dict[FactRef, None] = {}
    for person in situation.people:
        parents = kin.get(("parents", person.id), _NONE)
        kin.setdefault(("guardians", person.id), parents)
        kin[("raised", person.id)] = _raised(kin, person.id)
        if parents.sure:
            sure.append(person.id)
        elif parents.maybe:
            maybe.append(person.id)
            concerned.update(dict.fromkeys(parents.concerned))
    return Kinship(Kin(tuple(sure), tuple(maybe), tuple(concerned)), kin)


def _raised(kin: dict[tuple[str, str], Kin], person: str) -> Kin:
    """Return a person's own children and those of the spouse (育てている子)."""
    own, spouse = kin.get(("children", person), _NONE), kin.get(("spouse", person), _NONE)
    sure, maybe, concerned = dict.fromkeys(own.sure), dict.fromkeys(own.maybe), dict.fromkeys(own.concerned)
    for other in spouse.sure:
        theirs = kin.get(("children", other), _NONE)
        sure.update(dict.fromkeys(theirs.sure))
        maybe.update(dict.fromkeys(theirs.maybe))
        concerned.update(dict.fromkeys(theirs.concerned))
    for other in spouse.maybe:
        theirs = kin.get(("children", other), _NONE)
        maybe.update(dict.fromkeys((*theirs.sure, *theirs.maybe)))
        concerned.update(dict.fromkeys((*spouse.concerned, *theirs.concerned)))
    unsure = tuple(one for one in maybe if one not in sure and one != person)
    return Kin(tuple(one for one in sure if one != person), unsure, tuple(concerned))


class _Household:
    """The 続柄 of a household as chains, and those of which nothing follows."""

    def __init__(self, situation: Situation) -> None:
        self.ids = [person.id for person in situation.people]
        self.parents: dict[str, _Found] = {}
        self.chains: dict[str, tuple[Chain, ...]] = {}
        self.unknown: list[str] = []
        apart: dict[str, list[str]] = {}
        self.unclear: list[str] = []
        for person in situation.people:
            text = person.values.get(RELATIONSHIP)
            if not isinstance(text, str):
                self.unknown.append(person.id)
            elif text.strip() in _APART:
                apart.setdefault(text.strip(), []).append(person.id)
            elif chains := chains_of(text):
                self.chains[person.id] = chains
            else:
                self.unclear.append(person.id)
        # 同居人や縁故者がひとりだけなら、世帯のほかの人と親子・夫婦ではない
        alone = not self.unclear and not self.unknown
        for people in apart.values():
            if len(people) > 1 or not alone:
                self.unclear.extend(people)

    def at(self, chain: Chain) -> list[str]:
        """Return the people who stand at a chain."""
        return [person for person, chains in self.chains.items() if chain in chains]

    @property
    def open(self) -> list[str]:
        """Return the people who may be kin of anybody."""
        return self.unknown + self.unclear


def _from_relationships(situation: Situation) -> Kinship:
    household = _Household(situation)
    told_by = household.unknown or household.unclear
    kin: dict[tuple[str, str], Kin] = {}
    for person in household.ids:
        for relation, find in (("parents", _parents), ("spouse", _spouse), ("children", _children)):
            sure, maybe = find(household, person)
            refs = told_by or [person, *maybe]
            concerned = tuple(FactRef(RELATIONSHIP, other) for other in refs) if maybe else ()
            kin[(relation, person)] = Kin(sure, maybe, concerned)
    return _complete(situation, kin)


_Found = tuple[tuple[str, ...], tuple[str, ...]]


def _sorted_out(household: _Household, person: str, places: Iterable[Chain]) -> _Found:
    """Return sure and possible kin at the places: a place is sure when it surely has one holder only."""
    sure: dict[str, None] = {}
    maybe: dict[str, None] = {}
    for place in places:
        holders = household.at(place)
        one_only = _UNIQUE.issuperset(place) or not household.unknown
        (sure if len(holders) == 1 and one_only else maybe).update(dict.fromkeys(holders))
    if maybe:
        maybe, sure = {**sure, **maybe}, {}
    maybe.update(dict.fromkeys(household.open))
    return (
        tuple(one for one in sure if one != person),
        tuple(one for one in maybe if one != person and one not in sure),
    )


def _everybody_else(household: _Household, person: str) -> _Found:
    return (), tuple(one for one in household.ids if one != person)


def _parent_places(chain: Chain) -> list[Chain]:
    places = [(*chain, "父"), (*chain, "母")]
    if not chain:
        return places
    *before, last = chain
    prefix = tuple(before)
    if last == "子":
        places += [prefix, *((*prefix, spouse) for spouse in _SPOUSES)]
        if prefix and prefix[-1] in _SPOUSES:
            places = [place for place in places if place == prefix or place[-1] in ("父", "母")]
    elif last in _SIBLINGS:
        places += [(*prefix, "父"), (*prefix, "母")]
    return places


def _parents(household: _Household, person: str) -> _Found:
    if person in household.open:
        return _everybody_else(household, person)
    chains = household.chains.get(person, ())
    places = [place for chain in chains for place in _parent_places(chain)]
    sure, maybe = _sorted_out(household, person, places)
    return (sure, ()) if len(sure) >= 2 else (sure, maybe)


def _children(household: _Household, person: str) -> _Found:
    sure: list[str] = []
    maybe: list[str] = []
    for other in household.ids:
        if other != person:
            # Asked of everybody about everybody: worked out once.
            found = household.parents.get(other)
            if found is None:
                found = household.parents[other] = _parents(household, other)
            certain, possible = found
            if person in certain:
                sure.append(other)
            elif person in possible:
                maybe.append(other)
    return tuple(sure), tuple(maybe)


def _spouse(household: _Household, person: str) -> _Found:
    if person in household.open:
        return _everybody_else(household, person)
    places: list[Chain] = []
    unsure: list[str] = []
    for chain in household.chains.get(person, ()):
        places += [(*chain, spouse) for spouse in _SPOUSES]
        if chain and chain[-1] in _SPOUSES:
            places.append(chain[:-1])
        if chain and chain[-1] in ("父", "母"):
            unsure += household.at((*chain[:-1], "母" if chain[-1] == "父" else "父"))
    sure, maybe = _sorted_out(household, person, places)
    if len(sure) == 1:
        return sure, ()
    return sure, (*maybe, *(one for one in unsure if one not in sure and one not in maybe))
