from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from madoguchi.audit.append_only import allow_change, forbid_change

UNIQUE_IN = {
    "disposal_periodrow": ("id",),
    "disposal_disposedrow": ("id",),
    "disposal_certificaterow": ("id", "proposal_id"),
}


def forbid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table, unique in UNIQUE_IN.items():
        forbid_change(editor, table, unique=unique)


def allow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in UNIQUE_IN:
        allow_change(editor, table)


class Migration(migrations.Migration):
    dependencies = [("disposal", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunPython(forbid, allow)]
