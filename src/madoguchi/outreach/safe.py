"""Who may be told at all, and how (支援措置・死亡・転出): asked anew whenever something is made, shown or sent.

A protected person has one safe channel: their own page, behind a sign-in that those who handle 支援措置 let through; such an
account is stopped by the protection itself until they have looked (`residents.sheltering`). Nothing is sent to them, no paper
is printed, and no list, sample or file of the office holds them. Whoever lives with them is protected alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from madoguchi.residents.accounts.coming import matched_residents
from madoguchi.residents.by_household import living_here
from madoguchi.residents.protection import protected_people


def may_be_offered(resident_nos: Sequence[str], *, on: date) -> frozenset[str]:
    """Those who live here and, when protected, have their own page as a safe channel."""
    here = living_here(resident_nos)
    protected = protected_people(here, on=on)
    return here - (protected - matched_residents(protected))


def may_be_told(resident_nos: Iterable[str], *, on: date) -> frozenset[str]:
    """Those to whom something may be sent, or who may stand in a list: living here and not protected."""
    here = living_here(list(resident_nos))
    return here - protected_people(here, on=on)
