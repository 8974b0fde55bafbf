import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def point_at_newest(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Until now the newest revision was the current one."""
    newest = apps.get_model("catalogue", "RevisionRow").objects.order_by("-id").first()
    if newest is not None:
        apps.get_model("catalogue", "CurrentRow").objects.create(revision=newest)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="CurrentRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("only", models.BooleanField(default=True, unique=True)),
                (
                    "revision",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="catalogue.revisionrow"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("only", True)), name="catalogue_one_current")
                ],
            },
        ),
        migrations.RunPython(point_at_newest, migrations.RunPython.noop),
    ]
