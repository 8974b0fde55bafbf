"""Saying something of a screen: kept masked, once however often it is sent, without anything of who says it."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from madoguchi.catalogue.feedback.values import LETTERS, MOST_WORDS, NUMBER_LENGTH, Said
from madoguchi.catalogue.models import FeedbackRow
from madoguchi.catalogue.queries import NothingPublished, current
from madoguchi.jp.masking import masked

_TRIES = 3


class NothingSaid(ValueError):
    """A choice that needs words came without any, or with too many; the sentence says what to do."""


def give(*, said: Said, press: str, now: datetime) -> str:
    """Keep what was said; returns the receipt's number. `press`: the page's own mark; the same one gives the same number.

    Raises NothingSaid.
    """
    words = "".join(
        one for one in said.words.replace("\r\n", "\n") if one.isprintable() or one == "\n"
    ).strip()
    if len(words) > MOST_WORDS:
        raise NothingSaid(_("%(n)d字までに短くしてください。") % {"n": MOST_WORDS})
    if said.verdict.needs_words and not words:
        raise NothingSaid(_("どこがどうなのかを、ひとことでも書いてください。"))
    kept = sha256(press.encode()).hexdigest()
    procedure, revision = _procedure(said.procedure)
    row = FeedbackRow(
        press=kept, verdict=said.verdict.value, words=masked(words), screen=said.screen[:80], procedure=procedure,
        giver=said.giver.value, department=said.department[:60], language=said.language[:10], revision=revision,
        given_at=now,
    )  # fmt: skip
    for _attempt in range(_TRIES):
        row.pk, row.number = None, "".join(secrets.choice(LETTERS) for _ in range(NUMBER_LENGTH))
        try:
            with transaction.atomic():
                row.save(force_insert=True)
            return row.number
        except IntegrityError:
            there = FeedbackRow.objects.filter(press=kept).values_list("number", flat=True).first()
            if there:
                return there
    raise RuntimeError("no free number found")  # of 10^12, three times in a row


def _procedure(said: str) -> tuple[str, str]:
    """The procedure that the page was about, when there is one of that id, and the revision that was current."""
    try:
        pack = current()
    except NothingPublished:
        return "", ""
    return (said if pack.has_procedure(said) else "", pack.revision)
