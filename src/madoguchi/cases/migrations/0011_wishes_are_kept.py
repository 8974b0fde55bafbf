from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from madoguchi.audit.append_only import allow_change, forbid_change


def forbid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    forbid_change(editor, "cases_correctionwishrow")


def allow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    allow_change(editor, "cases_correctionwishrow")


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_from_home")]
    operations = [migrations.RunPython(forbid, allow)]
