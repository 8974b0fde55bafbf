"""Storing a file so that all of it appears or nothing: rows are staged unseen in short transactions, then published.

Publishing sets history numbers and turns the current rows over in one transaction; until then every reader sees the
register as it was, and other desks can write. An import that breaks off is cleared away, at once or by the next one.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, connection, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.residents.importing.report import Refusal
from madoguchi.residents.models import ImportBatch, ImportRefusal, ResidentFact, ResidentRecord, SearchKey
from madoguchi.residents.people import RegisterEntry
from madoguchi.residents.rows import (
    Origin,
    insert_facts,
    insert_records,
    insert_search_keys,
    new_facts,
    own_city,
    record_of,
    same_content,
)

CLEARED_AT_ONCE = 20_000

TURN_OVER = """
UPDATE residents_residentrecord SET is_current = {no} WHERE is_current AND resident_no IN
  (SELECT resident_no FROM residents_residentrecord WHERE batch_id = %s AND history_no IS NULL)
"""
NUMBER = """
UPDATE residents_residentrecord SET is_current = {yes}, history_no = 1 + COALESCE(
  (SELECT MAX(older.history_no) FROM residents_residentrecord AS older
   WHERE older.resident_no = residents_residentrecord.resident_no), 0)
WHERE batch_id = %s AND history_no IS NULL
"""


class ImportUnderWay(RuntimeError):
    """Another file is being taken in, or one broke off."""

    def __init__(self, batch: int) -> None:
        super().__init__(
            f"別の取り込み（番号{batch}）が進行中です。終わるのを待ってください。"
            "途中で止まっていることが確かなら、--clear を付けて片付けてから、やり直してください。"
        )


def open_batch(*, mapping: str, digest: str, by: Actor, origin: Origin) -> ImportBatch:
    """Begin an import; only one at a time. Raises ImportUnderWay."""
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                mapping=mapping, file_digest=digest, rows_in=0, stored=0, refused=0, by=by.name, at=origin.now
            )
            record_act(actor=by, activity="import_begun", now=origin.now, batch=batch.pk)
            return batch
    except IntegrityError as error:
        other = ImportBatch.objects.filter(state="staging").values_list("pk", flat=True).first()
        raise ImportUnderWay(other or 0) from error


class Staging:
    """Where the entries of one file go: compared with the register, and staged unless it is a dry run (no batch)."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._city = own_city()
        self.new = self.changed = self.unchanged = 0

    def add(self, entries: Sequence[RegisterEntry]) -> None:
        """Stage these entries (each number once in the whole file)."""
        numbers = [entry.resident_no for entry in entries]
        current = {
            row.resident_no: row
            for row in ResidentRecord.objects.filter(resident_no__in=numbers, is_current=True)
        }
        rows: list[ResidentRecord] = []
        facts = new_facts(entries, origin=self._origin)
        with_new_facts = {fact.resident_no for fact in facts}
        for entry in entries:
            row = record_of(entry, history_no=None, origin=self._origin, city=self._city)
            before = current.get(entry.resident_no)
            if before is None:
                self.new += 1
            elif same_content(before, row):
                self.changed += entry.resident_no in with_new_facts
                self.unchanged += entry.resident_no not in with_new_facts
                continue
            else:
                self.changed += 1
            rows.append(row)
        if self._origin.batch is None:
            return
        with transaction.atomic():
            insert_records(rows)
            insert_search_keys(rows)
            insert_facts(facts, origin=self._origin)


def publish(
    *, batch: ImportBatch, rows_in: int, stored: int, unchanged: int, by: Actor, origin: Origin
) -> None:
    """Make everything staged current, at once."""
    words = {"yes": "TRUE", "no": "FALSE"}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(TURN_OVER.format(**words), [batch.pk])
            cursor.execute(NUMBER.format(**words), [batch.pk])
        ImportBatch.objects.filter(pk=batch.pk).update(
            state="stored", rows_in=rows_in, stored=stored, unchanged=unchanged, refused=rows_in - stored
        )
        record_act(
            actor=by, activity="import_stored", now=origin.now, batch=batch.pk, rows_in=rows_in, stored=stored
        )


def keep_refusals(batch: ImportBatch, refusals: Sequence[Refusal]) -> None:
    """Keep refused rows with their batch."""
    ImportRefusal.objects.bulk_create(
        ImportRefusal(batch=batch, row=one.row, column=one.column[:100], byte=one.byte, sentence=one.sentence)
        for one in refusals
    )


def clear(*, batch: ImportBatch, by: Actor, origin: Origin) -> None:
    """Remove what a broken-off import staged, in short transactions; the batch stays as failed."""
    for model in (SearchKey, ResidentFact, ResidentRecord, ImportRefusal):
        while True:
            with transaction.atomic():
                some = list(
                    model._default_manager.filter(batch=batch).values_list("pk", flat=True)[:CLEARED_AT_ONCE]
                )
                for begin in range(0, len(some), 500):
                    model._default_manager.filter(pk__in=some[begin : begin + 500]).delete()
            if len(some) < CLEARED_AT_ONCE:
                break
    with transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(state="failed")
        record_act(actor=by, activity="import_cleared", now=origin.now, batch=batch.pk)


def clear_broken_off(*, by: Actor, origin: Origin) -> int | None:
    """Clear the import that broke off, if there is one; returns its number."""
    batch = ImportBatch.objects.filter(state="staging").first()
    if batch is None:
        return None
    clear(batch=batch, by=by, origin=origin)
    return batch.pk
