from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from madoguchi.audit.append_only import allow_change, forbid_change

# What was booked and which steps were gone is written on, never changed: a mistake is put right by another booking.
KEPT = ("payments_ledgerrow", "payments_steprow")


def forbid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in KEPT:
        forbid_change(editor, table)


def allow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in KEPT:
        allow_change(editor, table)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
