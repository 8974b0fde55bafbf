"""Whose a sign-in makes gifts (同じ方の寄附): name, birth and address as the provider vouches for them, held against the gifts.

A gift is of whoever signed in when the birth is the same day, the name is the one vouched for (or that with common characters
for rare ones) and the address is the same place however its lot is written: where they live now, or, of whoever is
joined to this city's register by all four facts, where its history says that they lived. Nothing less. The same name and
birth with another address is a doubt, which the desk settles (`moved`); a gift without a birth in the file is opened by its
paper, and the identity is then proved by post.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.furusato.deadlines import years_open
from madoguchi.furusato.models import GiftRow, VouchedRow
from madoguchi.furusato.moved import accepted, doubted
from madoguchi.jp.addresses import loose_place_key, normal_form
from madoguchi.jp.municipalities import municipality_as_written, municipality_of, prefectures
from madoguchi.jp.names import may_be_written_as, registered_name_key
from madoguchi.residents.accounts.facts import ClaimedFacts
from madoguchi.residents.accounts.matching import behind_city, birth_in
from madoguchi.residents.former_homes import former_homes
from madoguchi.residents.rows import own_city

READ = ("name", "birth", "address")


def donor_key(name: str, birth: date | None, address: str) -> str:
    """By what gifts of one donor are known to be of one; without a birth, those of one address."""
    rest = birth.isoformat() if birth else "/".join(home_of(address))
    return salted_hmac(
        "madoguchi.furusato.donor", f"{registered_name_key(name)}|{rest}", algorithm="sha256"
    ).hexdigest()


def home_of(address: str) -> tuple[str, ...]:
    """One key for the ways of writing one address, in any municipality."""
    text = normal_form(address)
    own = behind_city(text, own_city())
    if own is not None:
        return ("own", *loose_place_key(own))
    found = municipality_of(text)
    if found is None:
        return ("", *loose_place_key(text))
    prefecture = next((name for name in prefectures() if text.startswith(name)), "")
    behind = text[len(prefecture) :]
    return (found.code, *loose_place_key(behind.removeprefix(municipality_as_written(text)).lstrip()))


def vouch(
    *, account: int, facts: ClaimedFacts, by: Actor, now: datetime, resident_no: str | None = None
) -> int:
    """Keep which gifts are of whoever has just signed in, instead of what was kept before. Returns how many.

    `resident_no`: whom the register of this city knows the account to be, without a doubt; None: nobody.
    """
    day, address = birth_in(facts.birth), facts.address
    rows = GiftRow.objects.filter(birth=day, year__in=years_open(now=now)) if day else GiftRow.objects.none()
    named = [row for row in rows if may_be_written_as(facts.name, row.name)]
    homes = {home_of(address)}
    if resident_no and any(home_of(row.address) not in homes for row in named):
        homes |= {home_of(one) for one in former_homes(resident_no=resident_no, actor=by, now=now)}
    settled = accepted(account=account, address=address)
    theirs = [row for row in named if home_of(row.address) in homes or row.pk in settled]
    doubtful = [row for row in named if row not in theirs]
    if named:
        record_access(
            actor=by, purpose=Purpose.OWN, authority="sign_in", person_keys=[f"gift/{row.number}" for row in named],
            fields=READ, case=None, screen="sign_in", now=now,
        )  # fmt: skip
    with transaction.atomic():
        before = VouchedRow.objects.filter(account=account)
        before.exclude(gift__in=[row.pk for row in theirs]).delete()
        VouchedRow.objects.bulk_create(
            [VouchedRow(account=account, gift=row, at=now) for row in theirs], ignore_conflicts=True
        )
        if theirs:
            record_act(actor=by, activity="gifts_vouched", now=now, account=account, gifts=len(theirs))
        if doubtful:
            doubted(account=account, gifts=doubtful, address=address, now=now)
    return len(theirs)
