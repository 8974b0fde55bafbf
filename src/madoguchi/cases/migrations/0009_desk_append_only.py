from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from madoguchi.audit.append_only import allow_change, forbid_change

# Each with the columns by which SQLite could put one row in another's place.
TABLES = {
    "cases_taskmessagerow": ("id",),
    "cases_messagereadrow": ("id", "message_id"),
    "cases_rulingrow": ("id",),
    "cases_rulinganswerrow": ("id", "ruling_id"),
    "cases_givennumberrow": ("id",),
    "cases_resultpaperrow": ("id", "ruling_id", "number"),
}


def forbid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table, unique in TABLES.items():
        forbid_change(editor, table, unique=unique)


def allow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        allow_change(editor, table)


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_desk")]
    operations = [migrations.RunPython(forbid, allow)]
