from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from madoguchi.audit.append_only import allow_change, forbid_change

TABLES = {
    "outreach_receivinglistrow": ("id",),
    "outreach_receivingrow": ("id",),
    "outreach_reachsteprow": ("id",),
    "outreach_takeuprow": ("id",),
}

# SQLite makes a table anew when one of its constraints changes, and its triggers are gone with the old one.
AGAIN = "outreach_consentrow"


def forbid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    allow_change(editor, AGAIN)
    forbid_change(editor, AGAIN)
    for table, unique in TABLES.items():
        forbid_change(editor, table, unique=unique)


def allow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        allow_change(editor, table)


class Migration(migrations.Migration):
    dependencies = [("outreach", "0003_reaching")]
    operations = [migrations.RunPython(forbid, allow)]
