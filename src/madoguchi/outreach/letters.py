"""Letters and postcards handed over to be printed (手紙の引渡し), as a file of our own layout (本製品の独自様式).

1. `waiting`: how many wait. 2. `hand_over`: everything is asked anew for each; addresses are read, and written down as read;
   protection is asked a second time by the rule for addresses; what may not go is withheld. One batch is one file, made once.
3. `came_back`: a letter that came back goes to the next way, else to the staff who go and ask.
4. `opened_by`: a letter's code with the date of birth opens what it tells of, without any fact of anybody.
The text says that there is something and never what: a postcard is read by whoever holds it.
"""

from __future__ import annotations

import csv
import io
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_act
from madoguchi.booking.trials import count_trial, take_back
from madoguchi.outreach import letter_code
from madoguchi.outreach.consent import holds
from madoguchi.outreach.consent_purposes import ConsentPurpose
from madoguchi.outreach.models import MessageRow, OfferRow
from madoguchi.outreach.offers import offer_of
from madoguchi.outreach.sending import may_go_on, next_way, open_offers
from madoguchi.outreach.states import MessageState, OfferChannel, OfferState
from madoguchi.outreach.values import NoSuchOffer, Offer
from madoguchi.residents.by_household import born_on
from madoguchi.residents.disclosure import JAPAN, disclose
from madoguchi.residents.protection import Audience

HEADINGS = ("引渡し番号", "通番", "郵便番号", "住所", "氏名", "案内の件数", "番号", "様式")
LAYOUT = "本製品の独自様式 第1版"
MOST_IN_A_BATCH = 2000
TRIES = 10
TRIES_FROM_AN_ADDRESS = 30


@dataclass(frozen=True, slots=True)
class LetterBatch:
    """A file of letters (引渡しのファイル): its number, its rows, how many were withheld."""

    number: str
    content: bytes
    letters: int
    withheld: int


@dataclass(frozen=True, slots=True)
class OpenedLetter:
    """What a letter's code opens (はがきの番号で開くもの): offers by name only."""

    resident_no: str
    offers: tuple[Offer, ...]


class LetterTries(ValueError):
    """Codes were tried too often from one place."""

    def __init__(self) -> None:
        super().__init__(
            "続けて何度も操作されたため、しばらく受け付けません。10分ほどあとで、もう一度お試しください。"
        )


def waiting() -> int:
    """How many letters wait to be handed over."""
    return MessageRow.objects.filter(state=MessageState.TO_PRINT.value).count()


def hand_over(*, by: Actor, now: datetime) -> LetterBatch:
    """The letters that wait, as a file; after this they count as handed over."""
    rows = list(
        MessageRow.objects.filter(state=MessageState.TO_PRINT.value).select_related("campaign")[
            :MOST_IN_A_BATCH
        ]
    )
    today, batch = now.astimezone(JAPAN).date(), secrets.token_hex(6)
    made: list[tuple[MessageRow, list[object] | None]] = []
    for row in rows:
        if not holds(resident_no=row.resident_no, purpose=ConsentPurpose.LETTER, on=today):
            next_way(row, reason="refused", now=now)
            continue
        offers = _still(row, by=by, today=today, now=now)
        made.append((row, _line(row, offers, batch, by=by, now=now) if offers else None))
    lines: list[list[object]] = []
    with transaction.atomic():
        for row, line in made:
            if _marked(row, batch if line else "", now) and line:
                lines.append([line[0], len(lines) + 1, *line[1:]])
        withheld = sum(1 for _row, line in made if line is None)
        record_act(
            actor=by,
            activity="letters_handed_over",
            now=now,
            batch=batch,
            letters=len(lines),
            withheld=withheld,
        )
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([HEADINGS, *lines])
    return LetterBatch(batch, out.getvalue().encode("utf-8-sig"), len(lines), withheld)


def _marked(row: MessageRow, batch: str, now: datetime) -> bool:
    """Note that a letter is handed over, or withheld; False when somebody else did meanwhile."""
    state = MessageState.HANDED_OVER if batch else MessageState.WITHHELD
    mine = MessageRow.objects.filter(pk=row.pk, state=MessageState.TO_PRINT.value)
    digest = letter_code.digest_of(letter_code.code_of(row.key)) if batch else ""
    return bool(mine.update(state=state.value, batch=batch, reason=digest, changed_at=now))


def came_back(*, code: str, by: Actor, now: datetime) -> bool:
    """A letter came back: by its code; False when no letter has it."""
    row = _row_of(letter_code.read(code))
    if row is None:
        return False
    with transaction.atomic():
        next_way(row, reason="came_back", now=now)
        record_act(actor=by, activity="letter_came_back", now=now, message=row.pk)
    return True


def opened_by(*, code: str, birth: date, of: str, now: datetime) -> OpenedLetter:
    """What a letter tells of, for whoever has it and knows the date of birth. Raises NoSuchOffer, LetterTries."""
    plain = letter_code.read(code)
    keys = {f"letter/from/{of}": TRIES_FROM_AN_ADDRESS, f"letter/code/{plain}": TRIES}
    for key, most in keys.items():
        if count_trial(key=key, now=now) > most:
            raise LetterTries
    row = _row_of(plain)
    today = now.astimezone(JAPAN).date()
    if row is None or not may_go_on(row, on=today) or not born_on(row.resident_no, birth):
        raise NoSuchOffer
    for key in keys:
        take_back(key=key, now=now)
    offers = OfferRow.objects.filter(
        campaign=row.campaign_id, resident_no=row.resident_no,
        state__in=(OfferState.OPEN.value, OfferState.LATER.value),
    )  # fmt: skip
    return OpenedLetter(row.resident_no, tuple(offer_of(one) for one in offers.order_by("pk")))


def _still(row: MessageRow, *, by: Actor, today: date, now: datetime) -> tuple[OfferRow, ...]:
    if not may_go_on(row, on=today):
        return ()
    return open_offers(row, by=by, now=now)


def _line(
    row: MessageRow, offers: tuple[OfferRow, ...], batch: str, *, by: Actor, now: datetime
) -> list[object] | None:
    """One letter; None when its address may not appear on paper that leaves the office."""
    found = disclose(
        actor=by, purpose=Purpose.OUTREACH, resident_nos=[row.resident_no], audience=Audience.SHEET_TO_OTHER, case=None,
        screen="campaign_letters", now=now,
    )  # fmt: skip
    person = found[0] if found else None
    if person is None or not person.address:
        return None
    code = letter_code.grouped(letter_code.code_of(row.key))
    cells = (batch, person.postal_code or "", person.address, person.name.name, len(offers), code, LAYOUT)
    return [_safe(cell) for cell in cells]


def _safe(cell: object) -> object:
    """No cell is a formula for Excel."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


def _row_of(code: str) -> MessageRow | None:
    if not code:
        return None
    return MessageRow.objects.filter(
        channel=OfferChannel.LETTER.value, state=MessageState.HANDED_OVER.value, reason=letter_code.digest_of(code)
    ).select_related("campaign").first()  # fmt: skip
