from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from madoguchi.audit.append_only import allow_change, forbid_change

TABLES = ("audit_entryrow", "audit_sealrow", "audit_sealedentry")


def forbid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        forbid_change(editor, table)


def allow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        allow_change(editor, table)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
