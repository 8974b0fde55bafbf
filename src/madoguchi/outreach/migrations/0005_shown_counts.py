import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from madoguchi.audit.append_only import allow_change, forbid_change

TABLE = "outreach_showncountsrow"


def forbid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    forbid_change(editor, TABLE)


def allow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    allow_change(editor, TABLE)


class Migration(migrations.Migration):

    dependencies = [
        ('outreach', '0004_reaching_is_kept'),
    ]

    operations = [
        migrations.CreateModel(
            name='ShownCountsRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('procedure', models.CharField(blank=True, max_length=80)),
                ('turn', models.PositiveIntegerField()),
                ('cells', models.JSONField()),
                ('shown_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shown_counts', to='outreach.campaignrow')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'campaign', 'procedure', 'turn'), name='outreach_shown_counts_once')],
            },
        ),
        migrations.RunPython(forbid, allow),
    ]
