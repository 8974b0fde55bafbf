"""The values of the invented register."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Person:
    """One invented person; filled in step by step while the household is made."""

    sex: str
    age: int
    relationship: str
    birth: date
    resident_no: str = ""
    name: str = ""
    kana: str = ""
    former_surname: str = ""
    alias: str = ""
    kanji_alongside: str = ""
    birth_text: str = ""
    birth_earliest: date | None = None
    birth_latest: date | None = None
    nationality_class: str = "jp"
    moved_on: date | None = None
    previous_address: str = ""
    health_insurance: str = "none"
    pension: str = "none"
    employment: str = "none"
    income_yen: int = 0
    has_card: bool = False
    care_level: str = "none"
    physical: str = "none"
    intellectual: str = "none"
    mental: str = "none"
    is_pregnant: bool = False
    protected: bool = False

    @property
    def birth_known(self) -> bool:
        return self.birth_earliest is None


@dataclass(slots=True)
class Household:
    """People of one 世帯. `parents` and `spouses` are positions: (child, parent) and (one, other)."""

    people: list[Person]
    parents: list[tuple[int, int]] = field(default_factory=list)
    spouses: list[tuple[int, int]] = field(default_factory=list)
    shares_address: bool = False
    facility: bool = False
    foreign: bool = False
    household_no: str = ""
    livelihood_no: str = ""
    address: str = ""
    postal_code: str = ""
