from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from madoguchi.audit.append_only import allow_change, forbid_change

TABLES = {
    "outreach_campaignsteprow": ("id",),
    "outreach_answerrow": ("id",),
    "outreach_consentrow": ("id",),
    "outreach_receiptrow": ("id",),
}


def forbid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table, unique in TABLES.items():
        forbid_change(editor, table, unique=unique)


def allow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        allow_change(editor, table)


class Migration(migrations.Migration):
    dependencies = [("outreach", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
